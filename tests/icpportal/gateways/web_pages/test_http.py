"""Customers' pages are fetched only from the public web: a real server here, the test's own names and connections."""

import gc
import gzip
import socket
import ssl
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.web_pages.addresses import is_public, target
from icpportal.gateways.web_pages.http import LARGEST, HttpPages, connect_to

PUBLIC, OTHER = "93.184.215.14", "8.8.8.8"
Answer = Callable[[socket.socket], None]


class Server:
    """A server of one connection after another that answers with raw bytes, and the reader that is led to it."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.answers: dict[str, bytes | Answer] = {}
        self.requests: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.names: dict[str, list[str]] = {}
        self.context: ssl.SSLContext | None = None
        self.over = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            with suppress(OSError), connection:
                self.speak(connection)

    def speak(self, connection: socket.socket) -> None:
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        request = connection.recv(65536).decode()
        self.requests.append(request)
        answer = self.answers.get(request.split(" ")[1], reply(b"", status="404 Not Found"))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)

    def lookup(self, host: str) -> list[str]:
        return self.names.get(host, [PUBLIC])

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append((address, port))
        return connect_to("127.0.0.1", self.listener.getsockname()[1], seconds)

    def pages(self, *, seconds: float = 5.0) -> HttpPages:
        return HttpPages(self.lookup, self.connect, seconds=seconds)

    def leads(self, path: str, to: str, status: str = "302 Found") -> None:
        self.answers[path] = reply(b"", f"Location: {to}", status=status)


def reply(body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.over.set()
    started.listener.close()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def test_a_page_is_returned_with_its_address_and_its_charset(server: Server) -> None:
    server.answers["/a?b=1"] = reply("<p>宁ICP备</p>".encode("gbk"), kind="text/html; charset=GBK")

    page = server.pages().fetch("http://Example.com:80/a?b=1#foot")

    assert (page.url, page.charset) == ("http://example.com/a?b=1", "gbk")
    assert page.body.decode("gbk") == "<p>宁ICP备</p>"
    assert server.connected == [(PUBLIC, 80)]


def test_only_the_request_itself_is_sent(server: Server) -> None:
    server.answers["/"] = reply(b"x", "Set-Cookie: a=b")
    server.leads("/again", "/")

    server.pages().fetch("http://example.com/again")

    names = {line.partition(":")[0].lower() for line in server.requests[1].splitlines()[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-language", "accept-encoding", "connection"}


# --- which addresses are asked ---

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:5ef5:79fd::1",
    "nonsense",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_resolves_to_an_internal_address_is_not_requested(server: Server, address: str) -> None:
    server.names["example.com"] = [address]

    assert code_of(lambda: server.pages().fetch("http://example.com/")) == "inside"
    assert server.connected == []


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_recognised_in_both_ip_versions(address: str) -> None:
    assert is_public(address)


def test_one_internal_address_among_public_ones_is_enough_to_refuse(server: Server) -> None:
    server.names["example.com"] = [PUBLIC, "10.0.0.1"]

    assert code_of(lambda: server.pages().fetch("http://example.com/")) == "inside"
    assert server.connected == []


def test_a_changing_name_gains_nothing_because_it_is_resolved_once(server: Server) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    server.answers["/"] = reply(b"page")
    pages = HttpPages(lambda _host: next(answers), server.connect)

    assert pages.fetch("http://example.com/").body == b"page"
    assert server.connected == [(PUBLIC, 80)]
    assert code_of(lambda: pages.fetch("http://example.com/")) == "inside"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "http://example.com:8080/",
        "https://example.com:80/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://[::1]/",
        "http://例子.xn--7z105589273706950z19.com/",
        "http:///path",
        "http://exa mple.com/",
        "http://example.com:port/",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_is_no_plain_web_address_is_not_requested(server: Server, url: str) -> None:
    assert code_of(lambda: server.pages().fetch(url)) == "address"
    assert server.connected == []


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f000001", "2130706433", "127.1"])
def test_an_ip_address_in_place_of_a_name_is_resolved_and_checked_like_one(host: str) -> None:
    """The machine's resolver is used: it knows these as other ways to write 127.0.0.1."""
    assert code_of(lambda: HttpPages().fetch(f"http://{host}/")) == "inside"


def test_a_name_in_another_script_and_a_path_are_sent_in_ascii() -> None:
    wanted = target("http://例子.中国/路 径?q=一\r\nHost: x")

    assert wanted.url == "http://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF%20%E5%BE%84?q=%E4%B8%80Host:%20x"


# --- redirects ---


def test_three_redirects_are_followed_and_each_is_resolved_again(server: Server) -> None:
    server.names["www.example.com"] = [OTHER]
    server.leads("/", "/one", "301 Moved")
    server.leads("/one", "http://www.example.com/two", "307 Temporary")
    server.leads("/two", "three")
    server.answers["/three"] = reply(b"there")

    assert server.pages().fetch("http://example.com/").url == "http://www.example.com/three"
    assert [address for address, _port in server.connected] == [PUBLIC, PUBLIC, OTHER, OTHER]


def test_a_fourth_redirect_is_one_too_many(server: Server) -> None:
    server.leads("/", "/")

    assert code_of(lambda: server.pages().fetch("http://example.com/")) == "redirects"
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://inside.example.com/", "inside"),
        ("http://example.com:8080/", "address"),
        ("file:///etc/passwd", "address"),
        ("http://me:secret@example.com/", "address"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(server: Server, to: str, code: str) -> None:
    server.names["inside.example.com"] = ["169.254.169.254"]
    server.leads("/", to)

    assert code_of(lambda: server.pages().fetch("http://example.com/")) == code
    assert server.connected == [(PUBLIC, 80)]


# --- size and time ---


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


@cache
def bomb() -> bytes:
    return gzip.compress(bytes(50 * LARGEST))


@pytest.mark.parametrize(
    "answer",
    [
        lambda: reply(b"x" * (LARGEST + 1)),
        lambda: endless,
        lambda: reply(bomb(), "Content-Encoding: gzip"),
        lambda: reply(zlib.compress(bytes(50 * LARGEST)), "Content-Encoding: deflate"),
    ],
    ids=["large", "endless", "gzip bomb", "deflate bomb"],
)
def test_an_oversized_page_is_cut_off(server: Server, answer: Callable[[], bytes | Answer]) -> None:
    server.answers["/"] = answer()

    assert len(bomb()) < LARGEST
    assert code_of(lambda: server.pages().fetch("http://example.com/")) == "too_large"


def test_a_decompression_bomb_takes_no_more_memory_than_a_page(server: Server) -> None:
    server.answers["/"] = reply(bomb(), "Content-Encoding: gzip")

    tracemalloc.start()
    with pytest.raises(Refused):
        server.pages().fetch("http://example.com/")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5 * LARGEST


def test_a_compressed_page_is_decompressed(server: Server) -> None:
    server.answers["/"] = reply(gzip.compress(b"<p>page</p>"), "Content-Encoding: gzip")

    assert server.pages().fetch("http://example.com/").body == b"<p>page</p>"


def dripping(server: Server, begin: bytes) -> Answer:
    """A byte now and then, for ever."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(begin)
        while not server.over.wait(0.02):
            connection.sendall(b"x")

    return drip


@pytest.mark.parametrize(
    "begin",
    [b"", b"HTTP/1.1 200 OK\r\nX-Header: ", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"],
    ids=["before it begins", "in its head", "in its body"],
)
def test_a_page_that_comes_drop_by_drop_costs_its_time_and_no_more(server: Server, begin: bytes) -> None:
    server.answers["/"] = dripping(server, begin)

    with pytest.raises(Retryable):
        server.pages(seconds=0.2).fetch("http://example.com/")


def test_a_lookup_that_never_ends_costs_no_more_either(server: Server) -> None:
    def waits(_host: str) -> list[str]:
        server.over.wait()
        return []

    with pytest.raises(Retryable):
        HttpPages(waits, server.connect, seconds=0.05).fetch("http://example.com/")


# --- answers that are no page ---


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(b"", status="404 Not Found"), "status"),
        (reply(b"", status="302 Found"), "status"),
        (reply(b"", status="500 Error"), "status"),
        (reply(b"\x89PNG", kind="image/png"), "no_page"),
        (reply(b"x", "Content-Encoding: br"), "no_page"),
        (reply(b"not packed", "Content-Encoding: gzip"), "no_page"),
    ],
)
def test_an_answer_that_is_no_page_is_named(server: Server, answer: bytes, code: str) -> None:
    server.answers["/"] = answer

    assert code_of(lambda: server.pages().fetch("http://example.com/")) == code


@pytest.mark.parametrize(
    "answer", [reply(b"\x89PNG", kind="image/png"), b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"]
)
def test_no_answer_stays_open_after_it_was_refused(
    server: Server, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: problems.append(str(each.exc_value)))
    server.answers["/"] = answer

    def ask() -> type[BaseException]:
        with pytest.raises((Refused, Retryable)) as refusal:  # it refers to itself, like an exception that is logged
            server.pages().fetch("http://example.com/")
        return refusal.type

    assert ask() in (Refused, Retryable)
    gc.collect()
    assert problems == []


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"])
def test_nonsense_is_temporary(server: Server, answer: bytes) -> None:
    server.answers["/"] = answer

    with pytest.raises(Retryable) as trouble:
        server.pages().fetch("http://example.com/")

    assert str(trouble.value) in ("no answer: its answer cannot be read", "no answer: the connection broke off")


def test_a_name_without_an_address_points_nowhere(server: Server) -> None:
    server.names["example.com"] = []

    with pytest.raises(Retryable):
        server.pages().fetch("http://example.com/")


def test_an_untrusted_certificate_is_named(server: Server, tmp_path: Path) -> None:
    server.context = self_signed("example.com", tmp_path / "own.pem")
    server.answers["/"] = reply(b"page")

    assert code_of(lambda: server.pages().fetch("https://example.com/")) == "certificate"
    assert server.connected == [(PUBLIC, 443)]
    assert server.requests == []


def self_signed(host: str, file: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
