"""The phone register of our own extension: masked mobiles only, nonsense is retried, an outage is no answer."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.phones import phones, phones_of
from icpportal.gateways.miit.types import PhoneState, Role
from tests.icpportal.gateways.miit.authority_files import waiting

pytestmark = pytest.mark.django_db
ROW = {
    "role": "administrator",
    "mobile_masked": "139****0002",
    "sent_at": "2026-11-25T08:20:00+08:00",
    "confirmed_at": None,
    "wrong": 2,
}


class Register:
    """The register's next answer, and the requests it received."""

    def __init__(self) -> None:
        self.status, self.body = 200, json.dumps({"phones": [ROW]}).encode()
        self.asked: list[tuple[str, str]] = []

    def says(self, value: Any, status: int = 200) -> None:
        self.status = status
        self.body = value if isinstance(value, bytes) else json.dumps(value).encode()


@pytest.fixture
def register(settings: Any) -> Iterator[Register]:
    """A register over real HTTP."""
    found = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers["Authorization"]))
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.AUTHORITY_TELLS_PHONES = True
    settings.MIIT_PHONES_URL = f"http://127.0.0.1:{server.server_address[1]}/phones"
    settings.MIIT_ISP_ID, settings.MIIT_USER, settings.MIIT_PASSWORD = 100077, "provider", "密码Passw0rd"
    yield found
    server.shutdown()
    server.server_close()


def test_confirmed_phones_are_requested_by_our_own_id_as_the_provider(register: Register) -> None:
    report = waiting()

    assert phones("TR-1.1") == [
        PhoneState(Role.ADMINISTRATOR, "139****0002", datetime(2026, 11, 25, 0, 20, tzinfo=UTC), None, 2)
    ]

    ((path, header),) = register.asked
    assert path == f"/phones/100077/{report.own_id}"
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "provider:密码Passw0rd"


def test_nobody_has_to_confirm(register: Register) -> None:
    waiting()
    register.says({"phones": []})

    assert phones("TR-1.1") == []


@pytest.mark.parametrize(("tells", "url"), [(False, "http://127.0.0.1:9/phones"), (True, "")])
def test_an_authority_that_does_not_report_phones_is_not_asked(settings: Any, tells: bool, url: str) -> None:
    settings.AUTHORITY_TELLS_PHONES, settings.MIIT_PHONES_URL = tells, url

    assert phones("TR-1.1") is None


def test_a_report_we_do_not_have_is_queried_later(register: Register) -> None:
    with pytest.raises(Retryable):
        phones("TR-9.9")
    assert register.asked == []


def test_a_report_they_do_not_have_yet_is_queried_later(register: Register) -> None:
    waiting()
    register.says({}, 404)

    with pytest.raises(Retryable, match="not know this report yet"):
        phones("TR-1.1")


@pytest.mark.parametrize(("status", "problem"), [(401, Refused), (403, Refused), (429, Retryable), (500, Retryable)])
def test_a_refusal_differs_from_an_outage(register: Register, status: int, problem: type[Exception]) -> None:
    waiting()
    register.says({}, status)

    with pytest.raises(problem):
        phones("TR-1.1")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        {},
        {"phones": {}},
        {"phones": [7]},
        {"phones": [{**ROW, "role": "nobody"}]},
        {"phones": [{**ROW, "sent_at": "yesterday"}]},
        {"phones": [{**ROW, "wrong": "many"}]},
        {"phones": [{**ROW, "mobile_masked": None}]},
        {"phones": [{key: value for key, value in ROW.items() if key != "confirmed_at"}]},
        b" " * 100_000,
    ],
)
def test_nonsense_is_queried_again(register: Register, body: Any) -> None:
    waiting()
    register.says(body)

    with pytest.raises(Retryable):
        phones("TR-1.1")


def test_an_unmasked_mobile_is_not_passed_on(register: Register) -> None:
    waiting()
    register.says({"phones": [{**ROW, "mobile_masked": "13900000002"}]})

    assert phones("TR-1.1")[0].mobile_masked == "139****0002"


def test_nobody_there_is_asked_again(settings: Any) -> None:
    waiting()
    settings.AUTHORITY_TELLS_PHONES, settings.MIIT_PHONES_URL = True, "http://127.0.0.1:9/phones"

    with pytest.raises(Retryable):
        phones("TR-1.1")


# --- several in one question -------------------------------------------------------------------


def test_several_reports_are_queried_at_once_and_unreadable_ones_left_out(
    register: Register,
) -> None:
    """Each was a separate query."""
    ids = {key: waiting(key).own_id for key in ("TR-1.1", "TR-2.1", "TR-3.1", "TR-4.1")}
    register.says(
        {
            "reports": {
                str(ids["TR-1.1"]): {"phones": [ROW]},
                str(ids["TR-2.1"]): {"phones": []},
                str(ids["TR-3.1"]): {"phones": [{**ROW, "wrong": "many"}]},
                "7": {"phones": [ROW]},
            }
        }
    )

    assert phones_of([*ids, "TR-9.9"]) == {
        "TR-1.1": [PhoneState(Role.ADMINISTRATOR, "139****0002", datetime(2026, 11, 25, 0, 20, tzinfo=UTC), None, 2)],
        "TR-2.1": [],
    }

    ((path, _header),) = register.asked
    address, _, asked = path.partition("?reports=")
    assert (address, sorted(asked.split(","))) == ("/phones/100077", sorted(map(str, ids.values())))


def test_reports_that_were_not_sent_are_not_queried(register: Register) -> None:
    assert (phones_of(["TR-9.9"]), register.asked) == ({}, [])


def test_an_authority_that_does_not_report_phones_is_not_asked_about_several(settings: Any) -> None:
    settings.AUTHORITY_TELLS_PHONES = False

    assert phones_of(["TR-1.1"]) is None


@pytest.mark.parametrize(
    ("said", "status", "problem"),
    [({}, 401, Refused), ({}, 503, Retryable), ({"phones": []}, 200, Retryable), ({"reports": []}, 200, Retryable)],
)
def test_an_invalid_answer_about_several_is_retried_or_refused(
    register: Register, said: Any, status: int, problem: type[Exception]
) -> None:
    waiting()
    register.says(said, status)

    with pytest.raises(problem):
        phones_of(["TR-1.1"])
