"""ClamAV over its own protocol: `INSTREAM` to clamd at `SCANNER_ADDRESS` ("host:port" or the path of a socket)."""

import socket
import struct
import time
from contextlib import suppress
from typing import BinaryIO

from django.conf import settings

from icpportal.gateways.errors import Refused, Retryable, failure_in_words
from icpportal.gateways.scanner.types import Scan

SECONDS = 60  # a scan runs in a worker, not in a request
PIECE = 64 * 1024
LONGEST_REPLY = 4096
# the first match
FAILURES: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "there is no socket at SCANNER_ADDRESS"),
    (PermissionError, "this user may not use the socket at SCANNER_ADDRESS"),
    (ConnectionRefusedError, "nothing listens at SCANNER_ADDRESS"),
    (TimeoutError, "no answer in time"),
)


class Clamd:
    """`scanner.base.Scanner` that asks clamd."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:
        """Streams the file to clamd and reads its one line."""
        return verdict(_converse(b"zINSTREAM\0", stream, timeout or SECONDS))

    def check(self) -> None:
        """PING, PONG."""
        if _converse(b"zPING\0", None, 5) != "PONG":
            raise Retryable("clamd does not say PONG")


def verdict(line: str) -> Scan:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`, or an error, which is no verdict."""
    reply = line.removeprefix("stream: ")
    if reply == "OK":
        return Scan(clean=True)
    if reply.endswith(" FOUND"):
        return Scan(clean=False, found=reply.removesuffix(" FOUND"))
    if "size limit exceeded" in reply:
        raise Refused("the file is longer than clamd takes", code="size")
    raise Retryable(f"clamd gave no verdict: {reply[:80]!r}")


def _converse(command: bytes, stream: BinaryIO | None, seconds: float) -> str:
    ends = time.monotonic() + seconds
    try:
        with _connect(seconds) as line:
            line.sendall(command)
            with suppress(BrokenPipeError, ConnectionResetError):  # it closes on a file that is too long, and says so
                _send(line, stream, ends)
            return _reply(line, ends)
    except OSError as problem:
        raise Retryable(f"clamd did not answer: {failure_in_words(problem, FAILURES)}") from problem


def _connect(seconds: float) -> socket.socket:
    address = settings.SCANNER_ADDRESS
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(seconds)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _in_time(line: socket.socket, ends: float) -> None:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _send(line: socket.socket, stream: BinaryIO | None, ends: float) -> None:
    if stream is None:
        return
    while piece := stream.read(PIECE):
        _in_time(line, ends)
        line.sendall(struct.pack("!L", len(piece)) + piece)
    line.sendall(struct.pack("!L", 0))


def _reply(line: socket.socket, ends: float) -> str:
    """The line up to its NUL; "" if the connection ended before that."""
    reply = b""
    while b"\0" not in reply and len(reply) < LONGEST_REPLY:
        _in_time(line, ends)
        piece = line.recv(LONGEST_REPLY)
        if not piece:
            break
        reply += piece
    whole, end, _ = reply.partition(b"\0")
    return whole.decode("utf-8", "replace").strip() if end else ""
