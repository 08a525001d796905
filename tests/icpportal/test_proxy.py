"""The proxy that is shipped, as nginx runs it, in front of a portal that is there or away."""

import http.client
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.icpportal.processes import within
from tests.icpportal.production import ROOT

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")

SECRET = "one-time-secret-0123456789"
BEHIND = f"/by-phone/{SECRET}/"


@dataclass
class Proxy:
    """One that runs: where it listens, what it writes down, what the portal behind it was asked."""

    port: int
    folder: Path
    asked: list[dict[str, str]]

    def post(self, path: str, size: int, **headers: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("POST", path, bytes(size), {"Host": "beian.test", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def written(self) -> str:
        """All its logs, once a line about what was posted is there: it is written when the connection is over."""
        within(5, lambda: "/by-phone/" in self._logs())
        return self._logs()

    def _logs(self) -> str:
        return "".join(path.read_text("utf-8") for path in (self.folder / "log").iterdir())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def configuration(folder: Path, port: int, portal: int) -> str:
    """The shipped file in a server of a user's own: other ports and folders, no certificate."""
    shipped = (ROOT / "deploy/nginx/portal.conf").read_text("utf-8")
    shipped = re.sub(r"server \{\s+listen 80;.+?\n\}\n", "", shipped, count=1, flags=re.DOTALL)
    shipped = re.sub(r"^ +(ssl_\w+|http2|listen \[).*;$", "", shipped, flags=re.MULTILINE)
    for there, here in (
        ("web:8000", f"127.0.0.1:{portal}"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("/var/log/nginx/", f"{folder}/log/"),
    ):
        assert there in shipped
        shipped = shipped.replace(there, here)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    start = f"pid {folder}/pid; error_log {folder}/log/error.log; events {{}} daemon off;"
    return f"{start} http {{ {temporary} {shipped} }}"


@contextmanager
def running(folder: Path, portal: int, asked: list[dict[str, str]]) -> Iterator[Proxy]:
    """nginx with the shipped file, in front of that port."""
    port = free_port()
    (folder / "log").mkdir()
    (folder / "nginx.conf").write_text(configuration(folder, port, portal), "utf-8")
    nginx = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log/error.log")])
    try:
        assert within(10, lambda: listens(port))
        yield Proxy(port, folder, asked)
    finally:
        nginx.terminate()
        nginx.wait(10)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    asked: list[dict[str, str]] = []

    class Portal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append({"path": self.path, **self.headers})
            size = int(self.headers["Content-Length"])
            too_long = size > 9 * 2**20
            if not too_long:  # one that is closed with bytes unread is reset: nginx may answer 502 for it
                self.rfile.read(size)
            self.send_response(413 if too_long else 200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"the portal")

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    portal = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    with running(tmp_path, portal.server_port, asked) as found:
        yield found
    portal.shutdown()
    portal.server_close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Proxy]:
    """The same while the portal is away."""
    with running(tmp_path, free_port(), []) as found:
        yield found


def test_a_body_that_is_too_long_is_answered_by_the_page_of_the_portal_which_reads_none_of_it(proxy):
    assert proxy.post("/account/login/", 10 * 2**20) == (413, "the portal")
    (asked,) = proxy.asked
    assert (asked["path"], asked["Host"], asked["X-Forwarded-For"]) == ("/account/login/", "beian.test", "127.0.0.1")
    assert proxy.post("/account/login/", 9 * 2**20) == (200, "the portal")


def test_an_error_writes_no_link_down_that_is_a_secret(proxy):
    proxy.post(f"{BEHIND}?code={SECRET}", 10 * 2**20, Referer=f"https://beian.test{BEHIND}")
    assert "/by-phone/***" in proxy.written()
    assert SECRET not in proxy.written()


def test_nor_does_a_portal_that_is_away_and_what_is_said_then_is_a_page_in_both_languages(alone):
    status, page = alone.post(f"{BEHIND}?code={SECRET}", 10, Referer=f"https://beian.test{BEHIND}")
    assert status == 502
    assert ("暂时无法使用" in page, "Everything you saved is safe" in page) == (True, True)
    assert SECRET not in alone.written()


def test_an_address_that_a_client_claims_to_have_is_replaced(proxy):
    proxy.post("/", 3, **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "other.test"})
    (asked,) = proxy.asked
    assert (asked["X-Forwarded-For"], asked.get("X-Forwarded-Host", "")) == ("127.0.0.1", "")
