"""Starts the child of a picture: forked by a warm zygote, or a process of its own where no zygote is to be had."""

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

# No secret goes along. More threads would each take address space, and the other core.
ENVIRONMENT = {"PATH": os.defpath, "MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
CHILD, ZYGOTE = (f"verification.documents.sandbox.{name}" for name in ("child", "zygote"))
STARTS = 2  # of a zygote for one picture: the one that is there may have died since
GRACE_SECONDS = 10.0  # for a zygote to start, and to kill a child that is late
IS_POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "SOCK_SEQPACKET")  # a zygote: on Linux


class ChildCrashed(Exception):
    """The child was killed, ran out of its limits or answered what it cannot have seen."""


def run(source: BinaryIO, answer: BinaryIO, limits: Limits) -> None:
    """Have a child open `source` and write to `answer`; raises `ChildCrashed`."""
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
    """The zygote of this process: started with the first picture and whenever it has died, never shared with a fork."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """In a process that was just forked, where the zygote is the other one's."""
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, source: BinaryIO, answer: BinaryIO, limits: Limits) -> bool:
        """Have a child open `source`; False when no zygote is free to. Raises `ChildCrashed`."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            line = self._begun(source, answer, limits)
            said = _heard(line, limits["seconds"] + GRACE_SECONDS) if line else None
            if said == b"":
                self.stop()
        except BaseException:  # whatever ended the wait: the next picture must not get the answer of this one
            self.stop()
            raise
        finally:
            self._lock.release()
        if said not in (None, b"0"):
            raise ChildCrashed({LATE: "TimeoutExpired", b"": "ZygoteGone"}.get(said, said.decode()))
        return said is not None

    def stop(self) -> None:
        """End it, and the child it may have."""
        line, process, self._line, self.process = self._line, self.process, None, None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()

    def _begun(self, source: BinaryIO, answer: BinaryIO, limits: Limits) -> socket.socket | None:
        """The line to a zygote whose child is at work; None when none starts."""
        for _ in range(STARTS):
            line = self._line or self._started()
            with contextlib.suppress(OSError):
                socket.send_fds(line, [json.dumps(limits).encode()], [source.fileno(), answer.fileno()])
                if _heard(line, GRACE_SECONDS) == BEGUN:
                    return line
            logger.warning("zygote gone")
            self.stop()
            source.seek(0)  # its child may have begun
            answer.seek(0)
            answer.truncate()
        return None

    def _started(self) -> socket.socket:
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


def _heard(line: socket.socket, seconds: float) -> bytes:
    """The next message; nothing when the other side is gone or silent for so long."""
    line.settimeout(seconds)
    try:
        return line.recv(MESSAGE_MAX)
    except OSError:
        return b""


zygote = Zygote()
atexit.register(zygote.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=zygote.forget)
