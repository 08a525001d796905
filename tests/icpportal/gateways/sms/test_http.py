"""A supplier over real HTTP on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.health import examine
from icpportal.gateways.sms.http import LARGEST, LEADS_AWAY, HttpSms


@dataclass
class Desk:
    """The supplier's next answer, and the requests it received."""

    url: str = ""
    status: int = 200
    body: bytes = b'{"id": "r-1"}'
    wait: float = 0
    drip: float = 0
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def desk() -> Iterator[Desk]:
    state = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = {"path": self.path, "headers": dict(self.headers), "body": self.rfile.read(length).decode()}
            state.asked.append({"method": self.command, **asked})
            time.sleep(state.wait)
            self.send_response(state.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            pieces = [state.body[i : i + 1] for i in range(len(state.body))] if state.drip else [state.body]
            for piece in pieces:
                time.sleep(state.drip)
                self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_HEAD = do_POST  # noqa: N815 -- the library's names

        def log_message(self, *args: object) -> None:
            """Silent."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                state.asked.append({"method": "gone"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/sms"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def gateway(settings: Any, desk: Desk, **more: Any) -> HttpSms:
    settings.SMS_HTTP = {"url": desk.url, "seconds": 2, **more}
    return HttpSms()


def test_a_message_is_posted_as_json_with_its_key_in_a_header(settings, desk):
    receipt = gateway(settings, desk, headers={"Authorization": "Bearer secret"}).send("13900000001", "一条短信", "k:1")

    (asked,) = desk.asked
    assert receipt == "r-1"
    assert json.loads(asked["body"]) == {"to": "13900000001", "text": "一条短信", "key": "k:1"}
    assert (asked["method"], asked["path"]) == ("POST", "/sms")
    assert asked["headers"]["Idempotency-Key"] == "k:1"
    assert asked["headers"]["Authorization"] == "Bearer secret"


def test_names_of_fields_extras_and_the_receipt_follow_the_supplier(settings, desk):
    desk.body = b'{"code": 0, "data": {"sid": 77}}'
    configured = {
        "body": "form",
        "fields": {"to": "mobile", "text": "content", "key": "out_id"},
        "extra": {"template": "9"},
        "receipt": "data.sid",
        "success": {"code": "0"},
        "key_header": "X-Out-Id",
    }

    receipt = gateway(settings, desk, **configured).send("13900000001", "text & more", "k:1")

    (asked,) = desk.asked
    assert receipt == "77"
    assert parse_qs(asked["body"]) == {
        "mobile": ["13900000001"],
        "content": ["text & more"],
        "out_id": ["k:1"],
        "template": ["9"],
    }
    assert asked["headers"]["X-Out-Id"] == "k:1"


def test_a_field_without_a_name_is_left_out(settings, desk):
    gateway(settings, desk, fields={"key": ""}).send("13900000001", "text", "k:1")

    assert json.loads(desk.asked[0]["body"]) == {"to": "13900000001", "text": "text"}


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_is_final_and_has_the_suppliers_code(settings, desk, status: int):
    desk.status = status

    with pytest.raises(Refused) as no:
        gateway(settings, desk).send("13900000001", "text", "k:1")

    assert no.value.code == str(status)


@pytest.mark.parametrize("status", [302, 401, 408, 425, 429, 500, 502, 503])
def test_a_server_error_or_a_refused_key_is_temporary(settings, desk, status: int):
    desk.status = status

    with pytest.raises(Retryable):
        gateway(settings, desk).send("13900000001", "text", "k:1")

    assert [asked["path"] for asked in desk.asked] == ["/sms"]  # the message is not sent on to a redirect


@pytest.mark.parametrize(
    ("status", "says"),
    [(301, "not at this address"), (307, "not at this address"), (308, "not at this address"), (402, "no balance")],
)
def test_a_text_waits_unrepeated_while_a_setting_or_a_bill_is_ours_to_correct(settings, desk, status: int, says: str):
    desk.status = status

    with pytest.raises(Retryable, match=says) as waits:
        gateway(settings, desk).send("13900000001", "text", "k:1")
    assert not isinstance(waits.value, Unknown)


def test_the_check_fails_while_a_bill_is_ours_to_pay(settings, desk):
    desk.status = 402

    with pytest.raises(Retryable, match="no balance"):
        gateway(settings, desk).check()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>OK</html>",
        b"[]",
        b"{}",
        b'{"id": null}',
        b'{"id": true}',
        b'{"id": ""}',
        b'{"id": {"a": 1}}',
        b"\xff\xfe",
        b"",
        b'{"id": "' + b"9" * LARGEST + b'"}',
    ],
)
def test_nonsense_is_temporary(settings, desk, body: bytes):
    desk.body = body

    with pytest.raises(Retryable):
        gateway(settings, desk).send("13900000001", "text", "k:1")


def test_a_refusal_in_the_body_is_final(settings, desk):
    desk.body = b'{"code": "BLACKLISTED", "id": "r-1"}'

    with pytest.raises(Refused) as no:
        gateway(settings, desk, success={"code": "0"}).send("13900000001", "text", "k:1")

    assert no.value.code == "BLACKLISTED"


@pytest.mark.parametrize("body", [b'{"code": "LIMIT"}', b'{"other": "0"}', b'{"code": null}'])
def test_later_or_no_status_in_the_body_is_temporary(settings, desk, body: bytes):
    desk.body = body

    with pytest.raises(Retryable):
        gateway(settings, desk, success={"code": "0"}, later=["LIMIT"]).send("13900000001", "text", "k:1")


@pytest.mark.parametrize("slow", [{"wait": 5}, {"drip": 0.2, "body": b'{"id": "0123456789"}'}])
def test_a_slow_supplier_costs_no_more_than_the_timeout(settings, desk, slow: dict[str, Any]):
    for name, value in slow.items():
        setattr(desk, name, value)
    began = time.monotonic()

    with pytest.raises(Retryable):
        gateway(settings, desk, seconds=0.5).send("13900000001", "text", "k:1")

    assert time.monotonic() - began < 1.5


def test_an_unreachable_supplier_is_temporary_and_the_message_is_not_in_the_error(settings, desk):
    settings.SMS_HTTP = {"url": "http://127.0.0.1:9/sms", "seconds": 2}

    with pytest.raises(Retryable) as trouble:
        HttpSms().send("13900000001", "secret text", "k:1")

    assert "13900000001" not in str(trouble.value)
    assert "secret" not in str(trouble.value)


def test_the_check_uses_its_own_address(settings, desk):
    gateway(settings, desk, check_url=desk.url + "/balance").check()

    assert [(asked["method"], asked["path"]) for asked in desk.asked] == [("GET", "/sms/balance")]


def test_the_check_fails_with_its_address(settings, desk):
    desk.status = 503

    with pytest.raises(Retryable):
        gateway(settings, desk, check_url=desk.url + "/balance").check()


def test_without_a_check_address_any_answer_will_do_and_nothing_is_sent(settings, desk):
    desk.status = 405

    gateway(settings, desk).check()

    assert [asked["method"] for asked in desk.asked] == ["HEAD"]


def test_nor_does_the_check_say_well_where_the_supplier_refuses_our_key(settings, desk):
    desk.status = 401

    with pytest.raises(Retryable, match="does not take our key"):
        gateway(settings, desk, headers={"Authorization": "Bearer secret"}).check()
    assert [(asked["method"], asked["headers"]["Authorization"]) for asked in desk.asked] == [("HEAD", "Bearer secret")]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_supplier_that_leads_readers_elsewhere_and_takes_texts_is_well(settings, desk, status):
    settings.SMS_GATEWAY = "icpportal.gateways.sms.http.HttpSms"
    settings.SMS_HTTP = {"url": desk.url}
    desk.status = status

    found = next(each for each in examine() if each.name == "sms")

    assert (found.state, found.words) == ("ok", "" if status == 302 else LEADS_AWAY)


def test_a_check_address_that_has_moved_is_not_well(settings, desk):
    desk.status = 301

    with pytest.raises(Retryable, match="not at this address"):
        gateway(settings, desk, check_url=desk.url + "/balance").check()


@pytest.mark.parametrize(
    "wrong", [{}, {"url": ""}, {"url": "http://x", "body": "xml"}, {"url": "http://x", "adress": "y"}]
)
def test_an_invalid_configuration_is_reported_at_once(settings, wrong: dict[str, str]):
    settings.SMS_HTTP = wrong

    with pytest.raises(ImproperlyConfigured, match="SMS_HTTP"):
        HttpSms()
