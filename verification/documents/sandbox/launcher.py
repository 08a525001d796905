"""Starts the child for a picture: forked by a warm zygote, or a process of its own where there is no zygote."""

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from typing import BinaryIO

from django.conf import settings

from verification.documents.sandbox.child import Limits
from verification.documents.sandbox.zygote import BEGUN, LATE, MESSAGE_MAX

logger = logging.getLogger(__name__)

# Passes on no secret. Each further thread would take address space, and the other core.
ENVIRONMENT = {"PATH": os.defpath, "MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
CHILD, ZYGOTE = (f"verification.documents.sandbox.{name}" for name in ("child", "zygote"))
STARTS = 2  # starts of a zygote for one picture: the running one may have died
GRACE_SECONDS = 10.0  # for a zygote to start, and to kill an overdue child
IS_POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "SOCK_SEQPACKET")  # zygotes need Linux


class ChildCrashed(Exception):
    """The child was killed, ran out of its limits, or gave an answer that cannot be true."""


def run(source: BinaryIO, answer: BinaryIO, limits: Limits) -> None:
    """Has a child open `source` and write to `answer`; raises `ChildCrashed`."""
    if IS_POSSIBLE and zygote.run(source, answer, limits):
        return
    try:
        subprocess.run(  # noqa: S603 -- our own module, no word of it from outside
            [sys.executable, "-m", CHILD, json.dumps(limits)],
            stdin=source,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=ENVIRONMENT,
            timeout=limits["seconds"],
            check=True,
        )
    except subprocess.SubprocessError as problem:
        raise ChildCrashed(type(problem).__name__) from problem


class Zygote:
    """This process's zygote: started with the first picture and again when it has died, never shared after a fork."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Drops the zygote after a fork: it belongs to the parent process."""
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, source: BinaryIO, answer: BinaryIO, limits: Limits) -> bool:
        """Has a child open `source`; returns False when no zygote is free. Raises `ChildCrashed`."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            line = self._start_child(source, answer, limits)
            message = _receive(line, limits["seconds"] + GRACE_SECONDS) if line else None
            if message == b"":
                self.stop()
        except BaseException:  # whatever ended the wait, the next picture must not get this answer
            self.stop()
            raise
        finally:
            self._lock.release()
        if message not in (None, b"0"):
            raise ChildCrashed({LATE: "TimeoutExpired", b"": "ZygoteGone"}.get(message, message.decode()))
        return message is not None

    def stop(self) -> None:
        """Ends the zygote and its child."""
        line, process, self._line, self.process = self._line, self.process, None, None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()

    def _start_child(self, source: BinaryIO, answer: BinaryIO, limits: Limits) -> socket.socket | None:
        """The socket of a zygote whose child has started; None when no zygote starts."""
        for _ in range(STARTS):
            line = self._line or self._start()
            with contextlib.suppress(OSError):
                socket.send_fds(line, [json.dumps(limits).encode()], [source.fileno(), answer.fileno()])
                if _receive(line, GRACE_SECONDS) == BEGUN:
                    return line
            logger.warning("zygote gone")
            self.stop()
            source.seek(0)  # its child may have begun
            answer.seek(0)
            answer.truncate()
        return None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._line = ours
            self.process = subprocess.Popen(  # noqa: S603 -- our own module; it inherits nothing but its line
                [sys.executable, "-m", ZYGOTE],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={**ENVIRONMENT, **LARGE_PAGES},
                start_new_session=True,
            )
        return ours


def _receive(line: socket.socket, seconds: float) -> bytes:
    """The next message; empty when the other side is gone or silent for too long."""
    line.settimeout(seconds)
    try:
        return line.recv(MESSAGE_MAX)
    except OSError:
        return b""


zygote = Zygote()
atexit.register(zygote.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=zygote.forget)
