"""ClamAV over its own protocol, against a small clamd of our own that knows EICAR."""

import io
import socket
import struct
import threading
import time

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.scanner.clamd import Clamd, verdict
from icpportal.gateways.scanner.fake import EICAR
from icpportal.gateways.scanner.types import Scan

CLAMD = Clamd()


class SmallClamd:
    """Speaks PING and INSTREAM as clamd does; `says` replaces its verdict."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.says: bytes | None = None
        self.wait = 0.0
        self.longest = 10**9
        self.streams: list[bytes] = []
        self.pieces: list[int] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(line,), daemon=True).start()

    def answer(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as file:
            command = b""
            while not command.endswith(b"\0"):
                command += file.read(1)
            reply = b"PONG\0" if command == b"zPING\0" else self.scan(file)
            time.sleep(self.wait)
            file.write(self.says if self.says is not None else reply)

    def scan(self, file) -> bytes:
        content = b""
        while size := struct.unpack("!L", file.read(4))[0]:
            self.pieces.append(size)
            content += file.read(size)
            if len(content) > self.longest:  # the rest is never read
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.streams.append(content)
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def daemon(settings):
    listener = socket.create_server(("127.0.0.1", 0))
    settings.SCANNER_ADDRESS = f"127.0.0.1:{listener.getsockname()[1]}"
    yield SmallClamd(listener)
    listener.shutdown(socket.SHUT_RDWR)  # wakes its thread, which would accept what comes for the next test's
    listener.close()


def test_a_clean_file_is_clean_and_is_sent_completely_in_chunks(daemon):
    content = b"\x89PNG" + bytes(200_000)

    scan = CLAMD.scan(io.BytesIO(content))

    assert scan == Scan(clean=True, found="", scanned=True)
    assert daemon.streams == [content]
    assert daemon.pieces == [65536, 65536, 65536, len(content) - 3 * 65536]


def test_the_eicar_file_is_found_by_its_name_anywhere_in_a_file(daemon):
    scan = CLAMD.scan(io.BytesIO(bytes(100_000) + EICAR))

    assert scan == Scan(clean=False, found="Eicar-Test-Signature")


def test_the_test_file_is_the_standard_one():
    assert len(EICAR) == 68
    assert EICAR.endswith(b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")


def test_a_daemon_that_answers_pong_is_up(daemon):
    CLAMD.check()


def test_a_daemon_that_answers_anything_else_is_not(daemon):
    daemon.says = b"HELLO\0"

    with pytest.raises(Retryable):
        CLAMD.check()


@pytest.mark.parametrize(
    "reply",
    [b"", b"\0", b"stream: ", b"stream: OK", b"ERROR\0", b"stream: OK or not\0", b"<html>\0", b"\xff\xfe\0"],
)
def test_no_verdict_is_not_a_clean_file(daemon, reply):
    daemon.says = reply

    with pytest.raises(Retryable):
        CLAMD.scan(io.BytesIO(b"content"))


def test_a_file_longer_than_the_daemon_accepts_is_refused(daemon):
    daemon.says = b"INSTREAM size limit exceeded. ERROR\0"

    with pytest.raises(Refused) as caught:
        CLAMD.scan(io.BytesIO(b"content"))

    assert caught.value.code == "size"


def test_a_daemon_that_refuses_a_long_file_half_way_is_heard(daemon):
    daemon.longest = 70_000

    with pytest.raises(Refused) as caught:
        CLAMD.scan(io.BytesIO(bytes(8_000_000)))

    assert caught.value.code == "size"


def test_a_stalled_daemon_costs_the_time_granted(daemon):
    daemon.wait = 3
    begun = time.monotonic()

    with pytest.raises(Retryable):
        CLAMD.scan(io.BytesIO(b"content"), timeout=0.2)

    assert time.monotonic() - begun < 0.6


def test_an_unreachable_daemon_gives_no_verdict(settings, tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()

    said = {f"127.0.0.1:{port}": "nothing listens at", str(tmp_path / "clamd.ctl"): "there is no socket at"}
    for address, words in said.items():
        settings.SCANNER_ADDRESS = address
        with pytest.raises(Retryable):
            CLAMD.scan(io.BytesIO(b"content"))
        with pytest.raises(Retryable, match=f"clamd did not answer: {words} SCANNER_ADDRESS"):
            CLAMD.check()


def test_a_daemon_behind_a_unix_socket_is_used_in_the_same_way(settings, tmp_path):
    path = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        SmallClamd(listener)
        settings.SCANNER_ADDRESS = str(path)

        scan = CLAMD.scan(io.BytesIO(EICAR))

    assert scan.found == "Eicar-Test-Signature"


def test_a_verdict_is_read_word_by_word():
    assert verdict("stream: OK") == Scan(clean=True)
    assert verdict("stream: Win.Test.EICAR_HDB-1 FOUND") == Scan(clean=False, found="Win.Test.EICAR_HDB-1")
