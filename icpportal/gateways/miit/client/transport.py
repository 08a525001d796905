"""One call to one of the three services: from our source address, written by zeep, limited in time and size."""

import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests
from lxml import etree
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from icpportal.gateways.answers import count_call
from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Retryable
from icpportal.gateways.http_responses import content
from icpportal.gateways.miit.client import wsdl, xml
from icpportal.gateways.miit.client.account import Account, Address
from icpportal.gateways.request_budget import call_within

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

WHO = "the ministry"
FILE_LARGEST = 80 * 1024 * 1024  # 50 MB in base64, inside an envelope
ANSWER_LARGEST = 1024 * 1024
WSDL_LARGEST = 2 * 1024 * 1024
PoolOption = tuple[str, int] | str | int | bool | None


@dataclass(frozen=True)
class Call:
    """A method with its arguments in the order of the interface: their names differ between servers."""

    address: Address
    method: str
    arguments: tuple[wsdl.Argument, ...]
    seconds: float
    largest: int = ANSWER_LARGEST


def ask(account: Account, call: Call) -> str:
    """The string that the method returned, unparsed; `Retryable` when there was none, within `call.seconds`."""
    line = MinistrySession(account, call.seconds)
    try:
        with count_call("authority"):
            return call_within(lambda: _call(line, call), call.seconds)
    finally:
        line.cut()


def _call(line: "MinistrySession", call: Call) -> str:
    interface = wsdl.interface(call.address.wsdl, lambda address: line.get(address, WSDL_LARGEST), line.seconds_left)
    try:
        message = interface.message(call.method, call.arguments, call.address.url)
        status, body = line.post(call.address.url, message.body, message.headers, call.largest)
        return _envelope_text(status, _first_part(body), huge=call.largest > ANSWER_LARGEST)
    except wsdl.WsdlError:
        wsdl.forget(call.address.wsdl)  # the interface may have changed since we read it
        raise


def _envelope_text(status: int, body: bytes, *, huge: bool) -> str:
    """The string inside the envelope."""
    if status != HTTPStatus.OK:
        raise _failure(status, body)
    envelope = xml.parse(xml.decode(body), huge=huge)
    if xml.first_named(envelope, "Fault") is not None:
        raise wsdl.WsdlError("the ministry answered with a fault")
    inside = xml.first_named(envelope, "Body")
    if xml.local_name(envelope) != "envelope" or inside is None:
        raise Retryable("the ministry answered with something that is not SOAP")
    if xml.first_named(inside, "msg_code") is not None:  # a server that returns XML instead of a string
        return etree.tostring(inside, encoding="unicode", with_tail=False)
    return next(filter(None, map(xml.text_of, xml.elements(inside))), "")


def _first_part(body: bytes) -> bytes:
    """The envelope of a multipart answer, as servers with attachments send it."""
    if not body.lstrip().startswith(b"--"):
        return body
    boundary, _, rest = body.lstrip().partition(b"\r\n")
    return rest.partition(b"\r\n" + boundary)[0].partition(b"\r\n\r\n")[2]


def _failure(status: int, body: bytes) -> Retryable:
    """A fault tells more than the status, but its text may be about a person, so it is not read."""
    if b"Fault" in body:
        return wsdl.WsdlError(f"the ministry answered {status} with a fault")
    if 400 <= status < 500:
        return wsdl.WsdlError(f"the ministry answered {status}")
    return Retryable(f"the ministry answered {status}")


class MinistrySession:
    """The connection of one call: from our source address, to one host, until its time is up."""

    def __init__(self, account: Account, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.connect_seconds = account.connect_seconds
        self.sockets: list[socket.socket] = []
        self.is_cut = False
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy or password from the environment
        self.session.headers["User-Agent"] = "icp-filing-portal"
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, WatchedAdapter(self, account.source_address))

    def seconds_left(self) -> float:
        """Seconds left; raises `Retryable` when none are."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0 or self.is_cut:
            raise Retryable("no time left to ask the ministry")
        return seconds

    def get(self, address: str, largest: int) -> bytes:
        """Fetches one of their documents."""
        status, body = self._send("GET", address, largest)
        if status != HTTPStatus.OK:
            raise Retryable(f"the ministry answered {status} for its WSDL")
        return body

    def post(self, address: str, message: bytes, headers: dict[str, str], largest: int) -> tuple[int, bytes]:
        """Status and body of the answer to one message."""
        return self._send("POST", address, largest, data=message, headers=headers)

    def _send(
        self, verb: str, address: str, largest: int, *, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        left = self.seconds_left()
        timeout = (min(self.connect_seconds, left), left)
        try:
            with self.session.request(
                verb, address, timeout=timeout, data=data, headers=headers, allow_redirects=False, stream=True
            ) as response:
                return response.status_code, content(response, WHO, ends=self.ends, largest=largest)
        except (OSError, HTTPError, ValueError) as problem:
            raise Retryable(f"the ministry did not answer: {failure_words(problem)}") from problem

    def note_connection(self, connection: "BaseHTTPConnection") -> None:
        """The connection is open; its time limit is now the call's, not that of connecting."""
        if isinstance(connection, HTTPConnection) and connection.sock is not None:
            self.sockets.append(connection.sock)
            connection.sock.settimeout(self.seconds_left())

    def cut(self) -> None:
        """Ends what is still running: a late thread must neither wait for ever nor send a file nobody expects."""
        self.is_cut = True
        for connected in self.sockets:
            try:
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
            except OSError:
                continue  # already closed
        self.session.close()


class WatchedAdapter(HTTPAdapter):
    """Connects from one address of this machine and reports each connection to its session."""

    def __init__(self, line: MinistrySession, source_address: str) -> None:
        self.line, self.source_address = line, source_address
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: PoolOption) -> None:
        """With the source address, when there is one."""
        if self.source_address:
            options["source_address"] = (self.source_address, 0)
        super().init_poolmanager(connections, maxsize, block, **options)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        proxies: dict[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        """A pool whose connections report themselves."""
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        pool.ConnectionCls = _watch(pool.ConnectionCls, self.line)
        return pool


def _watch(connection: "type[BaseHTTPConnection]", line: MinistrySession) -> "type[BaseHTTPConnection]":
    def connect(self: "BaseHTTPConnection") -> None:
        connection.connect(self)
        line.note_connection(self)

    return type("Connection", (connection,), {"connect": connect})
