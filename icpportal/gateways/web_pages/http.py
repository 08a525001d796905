"""Reads pages of the public web only: connects to the very address that was checked.

Sends nothing but the request: no cookie, no password, no proxy of the machine. Answers are limited in size and time.
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

from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.request_budget import call_within
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
SECONDS = 10.0  # for a page including redirects
PACKED = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")

Lookup = Callable[[str], list[str]]
Connect = Callable[[str, int, float], socket.socket]


def addresses_of(host: str) -> list[str]:
    """Every address of a name, by the machine's resolver."""
    found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to this very address."""
    return socket.create_connection((address, port), timeout=seconds)


class Clock:
    """The time limit for one page including redirects."""

    def __init__(self, seconds: float) -> None:
        self.ends = monotonic() + seconds

    def seconds_left(self) -> float:
        """Seconds left; raises when there are none."""
        left = self.ends - monotonic()
        if left <= 0:
            raise Retryable("no answer in time")
        return left


class Wire(io.RawIOBase):
    """Reads from a connection only while there is time, so that a slow trickle cannot block the worker."""

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self.connection, self.clock = connection, clock

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        self.connection.settimeout(self.clock.seconds_left())
        return self.connection.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `HTTPResponse` asks of a connection."""
        return io.BufferedReader(self)


class HttpPages:
    """`web_pages.base.WebPages` over its own sockets; only tests replace `lookup` and `connect`."""

    def __init__(
        self, lookup: Lookup = addresses_of, connect: Connect = connect_to, *, seconds: float = SECONDS
    ) -> None:
        self.lookup, self.connect, self.seconds = lookup, connect, seconds

    def check(self) -> None:
        """Does nothing: whose page should it fetch? Each fetch shows whether the web answers."""

    def fetch(self, url: str) -> WebPage:
        """The page, after at most three redirects, each checked like the first URL."""
        clock, wanted = Clock(self.seconds), target(url)
        for _redirect in range(MOST_REDIRECTS + 1):
            answer = self._answer(wanted, clock)
            if isinstance(answer, WebPage):
                return answer
            wanted = target(urljoin(wanted.url, answer))
        raise Refused("it leads on and on", code=REDIRECTS)

    def _answer(self, wanted: Target, clock: Clock) -> WebPage | str:
        """The page, or the URL it redirects to."""
        try:
            with self._open_connection(wanted, clock) as connection:
                connection.settimeout(clock.seconds_left())
                connection.sendall(_request(wanted))
                # Wire has the only method of a socket that the response uses
                with HTTPResponse(cast(socket.socket, Wire(connection, clock)), method="GET") as response:
                    response.begin()
                    if response.status in MOVED and (location := response.headers.get("Location")):
                        return location
                    return _page(wanted, response)
        except ssl.SSLCertVerificationError as problem:
            raise Refused("the certificate does not hold", code=CERTIFICATE) from problem
        except (OSError, HTTPException, UnicodeError) as problem:
            raise Retryable(f"no answer: {failure_words(problem)}") from problem

    def _open_connection(self, wanted: Target, clock: Clock) -> socket.socket:
        connection = self.connect(self._public_address(wanted.host, clock), wanted.port, clock.seconds_left())
        if wanted.scheme == "http":
            return connection
        try:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=wanted.host)
        except BaseException:
            connection.close()
            raise

    def _public_address(self, host: str, clock: Clock) -> str:
        """The address to connect to: one of those of the name, all of which must be public."""
        found = call_within(lambda: self.lookup(host), clock.seconds_left())
        if not found:
            raise Retryable("the name leads nowhere")
        if not all(is_public(address) for address in found):
            raise Refused("the name leads to an address that is not public", code=INSIDE)
        # IPv4 first: not every worker has IPv6
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
    # without the header, the class would say text/plain
    kind = headers.get_content_type() if "Content-Type" in headers else ""
    if kind not in PAGES:
        raise Refused("no page of text", code=NO_PAGE)
    body = _unpack(_body_of(response), headers)
    return WebPage(wanted.url, body, headers.get_content_charset() or "")


def _body_of(response: HTTPResponse) -> bytes:
    body = bytearray()
    while piece := response.read(min(64 * 1024, LARGEST + 1 - len(body))):
        body += piece
        if len(body) > LARGEST:
            raise Refused("more than a page has", code=TOO_LARGE)
    return bytes(body)


def _unpack(body: bytes, headers: Message) -> bytes:
    """Decompresses what a server packed uninvited, up to a limit."""
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
