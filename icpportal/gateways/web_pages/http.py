"""Reads pages of the public web, and nothing else: each name is asked at the address that was judged.

Nothing is sent but the request: no cookie, no password, no proxy of the machine. An answer has a size and a time.
"""

import io
import socket
import ssl
import zlib
from collections.abc import Callable
from email.message import Message
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import cast
from urllib.parse import urljoin

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.request_budget import bounded
from icpportal.gateways.web_pages.addresses import Target, is_public, target
from icpportal.gateways.web_pages.base import (
    CERTIFICATE,
    INSIDE,
    NO_PAGE,
    REDIRECTS,
    STATUS,
    TOO_LARGE,
    WebPage,
)

AGENT = "ICP-filing-footer-check/1.0 (reads one page when its owner asks)"
MOST_REDIRECTS = 3
MOVED = (301, 302, 303, 307, 308)
LARGEST = 2 * 1024 * 1024  # bytes, as sent and as unpacked
SECONDS = 10.0  # for a page with all its redirects
PACKED = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")

Lookup = Callable[[str], list[str]]
Connect = Callable[[str, int, float], socket.socket]


def addresses_of(host: str) -> list[str]:
    """Every address that the resolver of the machine has for a name."""
    found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to this very address."""
    return socket.create_connection((address, port), timeout=seconds)


class Clock:
    """The time that one page has, with all its redirects."""

    def __init__(self, seconds: float) -> None:
        self.ends = monotonic() + seconds

    def left(self) -> float:
        """Seconds left; raises when there are none."""
        left = self.ends - monotonic()
        if left <= 0:
            raise Retryable("no answer in time")
        return left


class Wire(io.RawIOBase):
    """What is read from a connection: each byte only as long as there is time, so that no drip holds the worker."""

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        self.connection.settimeout(self.clock.left())
        return self.connection.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `HTTPResponse` asks of a connection."""
        return io.BufferedReader(self)


class HttpPages:
    """`web_pages.base.WebPages` over sockets of its own; `lookup` and `connect` are replaced by tests alone."""

    def __init__(
        self, lookup: Lookup = addresses_of, connect: Connect = connect_to, *, seconds: float = SECONDS
    ) -> None:
        self.lookup, self.connect, self.seconds = lookup, connect, seconds

    def check(self) -> None:
        """Nothing is asked: whose page should it be? Each fetch shows whether the web answers."""

    def fetch(self, url: str) -> WebPage:
        """The page, after three redirects at most; each is judged like the first address."""
        clock, wanted = Clock(self.seconds), target(url)
        for _redirect in range(MOST_REDIRECTS + 1):
            answer = self._answer(wanted, clock)
            if isinstance(answer, WebPage):
                return answer
            wanted = target(urljoin(wanted.url, answer))
        raise Refused("it leads on and on", code=REDIRECTS)

    def _answer(self, wanted: Target, clock: Clock) -> WebPage | str:
        """The page, or the address to which it leads."""
        try:
            with self._connected(wanted, clock) as connection:
                connection.settimeout(clock.left())
                connection.sendall(_request(wanted))
                # a Wire has the one method of a socket that the response uses
                response = HTTPResponse(cast(socket.socket, Wire(connection, clock)), method="GET")
                response.begin()
                if response.status in MOVED and (location := response.headers.get("Location")):
                    return location
                return _page(wanted, response)
        except ssl.SSLCertVerificationError as problem:
            raise Refused("the certificate does not hold", code=CERTIFICATE) from problem
        except (OSError, HTTPException, UnicodeError) as problem:
            raise Retryable(f"no answer: {type(problem).__name__}") from problem

    def _connected(self, wanted: Target, clock: Clock) -> socket.socket:
        connection = self.connect(self._judged(wanted.host, clock), wanted.port, clock.left())
        if wanted.scheme == "http":
            return connection
        try:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=wanted.host)
        except BaseException:
            connection.close()
            raise

    def _judged(self, host: str, clock: Clock) -> str:
        """The address that is asked: one of those that the name has, all of which have to be public."""
        found = bounded(lambda: self.lookup(host), clock.left())
        if not found:
            raise Retryable("the name leads nowhere")
        if not all(is_public(address) for address in found):
            raise Refused("the name leads to an address that is not public", code=INSIDE)
        # version 4 first: not every worker has the other one
        return sorted(found, key=lambda address: ":" in address)[0]


def _request(wanted: Target) -> bytes:
    lines = (
        f"GET {wanted.path} HTTP/1.1",
        f"Host: {wanted.host}",
        f"User-Agent: {AGENT}",
        "Accept: text/html",
        "Accept-Language: zh-CN, zh;q=0.9",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _page(wanted: Target, response: HTTPResponse) -> WebPage:
    if response.status != 200:
        raise Refused(f"status {response.status}", code=STATUS)
    headers = response.headers
    # without the header the class says text/plain
    kind = headers.get_content_type() if "Content-Type" in headers else ""
    if kind not in PAGES:
        raise Refused("no page of text", code=NO_PAGE)
    body = _unpacked(_read(response), headers)
    return WebPage(wanted.url, body, headers.get_content_charset() or "")


def _read(response: HTTPResponse) -> bytes:
    body = bytearray()
    while piece := response.read(min(64 * 1024, LARGEST + 1 - len(body))):
        body += piece
        if len(body) > LARGEST:
            raise Refused("more than a page has", code=TOO_LARGE)
    return bytes(body)


def _unpacked(body: bytes, headers: Message) -> bytes:
    """What a server packed although it was asked not to; a small body that unpacks without end is cut off."""
    packing = headers.get("Content-Encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        return body
    if packing not in PACKED:
        raise Refused("packed in a way of its own", code=NO_PAGE)
    try:
        plain = zlib.decompressobj(PACKED[packing]).decompress(body, LARGEST + 1)
    except zlib.error as problem:
        raise Refused("broken packing", code=NO_PAGE) from problem
    if len(plain) > LARGEST:
        raise Refused("more than a page has, unpacked", code=TOO_LARGE)
    return plain
