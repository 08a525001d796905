"""The app's system over HTTP, against a real server that can misbehave."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.photo_app.http import NOBODY, HttpApp

PHOTO = b"\xff\xd8\xff the bytes of a photo"
CHEN = "13900000002"


class System(ThreadingHTTPServer):
    """Knows one photo; answers `status` with `body` instead when set by a test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.kind, self.wait = 0, b"", "text/html", 0.0
        self.asked: list[tuple[str, object, str]] = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        system: System = self.server
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        system.asked.append((self.path, question, self.headers.get("Authorization", "")))
        time.sleep(system.wait)
        known = question == {"code": "AB12CD", "mobile": CHEN}
        status, body, kind = (200, PHOTO, "image/jpeg") if known else (404, b"{}", "application/json")
        if system.status:
            status, body, kind = system.status, system.body, system.kind
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client stopped reading

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def system(settings):
    server = System()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.PHOTO_APP_URL = f"http://127.0.0.1:{server.server_address[1]}/app/"
    settings.PHOTO_APP_TOKEN = "secret-of-the-test"
    yield server
    server.shutdown()
    server.server_close()


def test_the_photo_of_a_code_and_its_mobile_is_returned_unchanged(system):
    assert HttpApp().picture("AB12CD", CHEN) == PHOTO
    assert system.asked == [
        ("/app/picture", {"code": "AB12CD", "mobile": CHEN}, "Bearer secret-of-the-test"),
    ]


@pytest.mark.parametrize(("code", "mobile"), [("AB12CE", CHEN), ("AB12CD", "13900000001")])
def test_an_unknown_code_or_one_of_another_mobile_has_no_photo(system, code, mobile):
    assert HttpApp().picture(code, mobile) is None


@pytest.mark.parametrize(
    ("status", "body", "kind", "raised"),
    [
        (401, b"", "text/plain", Refused),
        (500, b"", "text/plain", Retryable),
        (404, b"<h1>Not Found</h1>", "text/html", Retryable),  # a wrong address
        (429, b"", "text/plain", Retryable),
        (302, b"", "text/plain", Retryable),
        (200, b"<html>", "text/html", Retryable),
    ],
)
def test_every_other_answer_is_a_refusal_or_no_answer(system, status, body, kind, raised):
    system.status, system.body, system.kind = status, body, kind

    with pytest.raises(raised):
        HttpApp().picture("AB12CD", CHEN)


def test_an_answer_that_is_too_large_is_no_answer(system, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    system.status, system.body, system.kind = 200, b"x" * 20_000, "image/jpeg"

    with pytest.raises(Retryable):
        HttpApp().picture("AB12CD", CHEN)


def test_a_stalling_system_costs_no_more_than_the_time_granted(system):
    system.wait = 1
    began = time.monotonic()

    with pytest.raises(Retryable):
        HttpApp().picture("AB12CD", CHEN, timeout=0.2)

    assert time.monotonic() - began < 0.9


def test_an_unreachable_system_is_no_answer(settings):
    settings.PHOTO_APP_URL, settings.PHOTO_APP_TOKEN = "http://127.0.0.1:9/app", ""

    with pytest.raises(Retryable):
        HttpApp().check()


def test_the_check_requests_a_photo_that_cannot_exist(system):
    HttpApp().check()

    assert [question for _path, question, _token in system.asked] == [{"code": NOBODY[0], "mobile": NOBODY[1]}]
