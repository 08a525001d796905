"""The server list over HTTP, against a real server that can misbehave."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.health import examine
from icpportal.gateways.inventory import http
from icpportal.gateways.inventory.http import HttpInventory
from icpportal.gateways.request_budget import request_budget
from tests.icpportal.certificates import self_signed
from tests.icpportal.gateways.inventory.conftest import instance
from tests.icpportal.gateways.inventory.test_parser import RAW

INVENTORY = HttpInventory()


class Console(ThreadingHTTPServer):
    """A provider's console that answers as set by a test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.wait, self.drip = 200, b"", 0.0, 0.0
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, object, str]] = []

    def says(self, value: object, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(value).encode()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        console: Console = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        console.asked.append((self.path, body, self.headers.get("Authorization", "")))
        time.sleep(console.wait)
        self.send_response(console.status)
        for name, value in console.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.drip_out(console)
        except OSError:
            self.close_connection = True  # the client stopped reading

    def drip_out(self, console: Console) -> None:
        if not console.drip:
            self.wfile.write(console.body)
            return
        for byte in console.body:
            self.wfile.write(bytes([byte]))
            time.sleep(console.drip)

    def log_message(self, *args: object) -> None:
        """Silent."""


def serve(console):
    threading.Thread(target=console.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def console(settings):
    server = Console()
    serve(server)
    settings.INVENTORY_URL = f"http://127.0.0.1:{server.server_address[1]}/api/"
    settings.INVENTORY_TOKEN = "secret-of-the-test"
    yield server
    server.shutdown()
    server.server_close()


def test_the_instances_of_an_account_are_requested_in_the_body_with_the_token(console):
    console.says({"instances": [RAW]})

    found = INVENTORY.instances("lin@example.com")

    assert found == [instance()]
    assert console.asked == [("/api/instances", {"account": "lin@example.com"}, "Bearer secret-of-the-test")]


def test_one_instance_is_requested_by_its_id(console):
    console.says({"instance": RAW})

    found = INVENTORY.instance("i-example0001")

    assert found == instance()
    assert [(path, body) for path, body, _ in console.asked] == [("/api/instance", {"id": "i-example0001"})]


def test_an_unknown_instance_is_none_and_an_unknown_account_has_none(console):
    console.says({"error": "unknown"}, status=404)

    assert INVENTORY.instance("i-9") is None
    assert INVENTORY.instances("nobody@example.com") == []

    console.says({"error": "Unknown account", "code": 7}, status=404)
    assert INVENTORY.instances("nobody@example.com") == []


NOT_FOUND_PAGES = [
    b"",
    b"<html><h1>404 Not Found</h1></html>",
    b'{"detail": "Not Found"}',
    b'{"status": 404, "error": "Not Found", "path": "/api/instances"}',
    b'{"error": {"code": "unknown"}}',
    b"[]",
    b"unknown instance",
]


@pytest.mark.parametrize("page", NOT_FOUND_PAGES)
def test_a_404_of_an_address_that_is_wrong_is_no_customer_without_servers(console, page):
    console.status, console.body = 404, page

    for ask in (INVENTORY.instances, INVENTORY.instance):
        with pytest.raises(Retryable, match="check INVENTORY_URL"):
            ask("lin@example.com")


def test_on_call_reads_that_inventory_url_is_wrong(console, settings):
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.http.HttpInventory"
    console.status, console.body = 404, b"<html>404</html>"

    found = next(each for each in examine() if each.name == "inventory")

    assert (found.state, found.words) == ("down", http.NOT_THERE)


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refusing_console_is_a_refusal(console, status):
    console.says({}, status=status)

    with pytest.raises(Refused) as caught:
        INVENTORY.instances("lin@example.com")

    assert caught.value.code == str(status)


@pytest.mark.parametrize("status", [201, 204, 302, 307, 408, 429, 500, 502, 503])
def test_a_failing_console_may_be_asked_again(console, status):
    console.headers = {"Location": "/elsewhere"}
    console.says({"instances": []}, status=status)

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com")

    assert len(console.asked) == 1  # a redirect is not followed: the token is not sent elsewhere


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"[]",
        b"{}",
        b'{"instances": {}}',
        b'{"instances": [{"id": 1}]}',
        b"\xff\xfe\x00",
        b"null",
    ],
)
def test_nonsense_is_a_temporary_error(console, body):
    console.body = body

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com")


def test_an_endless_answer_is_cut_off(console, monkeypatch):
    monkeypatch.setattr(http, "LARGEST", 1000)
    console.body = b'{"instances": []' + b" " * 100_000 + b"}"

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com")


def test_a_stalling_console_costs_the_time_granted(console):
    console.wait = 3
    console.says({"instances": []})
    begun = time.monotonic()

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com", timeout=0.3)

    assert time.monotonic() - begun < 0.8


def test_a_console_that_sends_byte_by_byte_costs_no_more_than_a_stalling_one(console):
    console.says({"instances": [RAW]})
    console.drip = 0.1
    begun = time.monotonic()

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com", timeout=0.4)

    assert time.monotonic() - begun < 0.9


def test_all_calls_of_a_request_share_its_time(console, settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.4
    console.wait = 3
    begun = time.monotonic()

    with request_budget():
        for _ in range(3):
            with pytest.raises(Retryable):
                INVENTORY.instances("lin@example.com")

    assert time.monotonic() - begun < 0.9


def test_an_unreachable_address_is_a_temporary_error(console):
    console.shutdown()
    console.server_close()

    with pytest.raises(Retryable):
        INVENTORY.check()


def test_the_check_asks_about_no_account(console):
    console.says({"instances": []})

    INVENTORY.check()

    assert [body for _, body, _ in console.asked] == [{"account": "check@example.invalid"}]


@pytest.fixture
def certificate(tmp_path):
    return self_signed(tmp_path)


@pytest.fixture
def secure_console(settings, certificate):
    server = Console()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    serve(server)
    settings.INVENTORY_URL = f"https://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


def test_the_console_is_trusted_by_the_certificate_in_the_settings(secure_console, settings, certificate):
    settings.INVENTORY_CA_FILE = str(certificate)
    secure_console.says({"instances": [RAW]})

    assert INVENTORY.instances("lin@example.com") == [instance()]


def test_a_console_without_a_valid_certificate_gets_no_request(secure_console, settings):
    settings.INVENTORY_CA_FILE = ""
    secure_console.says({"instances": [RAW]})

    with pytest.raises(Retryable):
        INVENTORY.instances("lin@example.com")

    assert secure_console.asked == []
