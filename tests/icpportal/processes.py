"""Finds processes by a word in their command line, like `ps`."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

GONE = ("", "Z")
STOPPED = (*GONE, "T")


def with_word(word: str) -> set[int]:
    """Pids of running (not zombie) processes whose command line or environment contains `word`, except ours."""
    return {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != os.getpid() and has(pid, word)}


def has(pid: int, word: str) -> bool:
    folder = Path("/proc") / str(pid)
    try:
        content = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
    except OSError:
        return False
    return state_of(pid) not in GONE and word.encode() in content


def state_of(pid: int) -> str:
    """The letter that `ps` shows, as T of a stopped process; empty when there is none."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def stop(pids: set[int]) -> None:
    """Stops these processes until `resume`; returns when none of them does anything any more."""
    _send(signal.SIGSTOP, pids)
    assert within(20, lambda: all(state_of(pid) in STOPPED for pid in pids)), "a process runs on"


def resume(pids: set[int]) -> None:
    """Lets stopped processes run again."""
    _send(signal.SIGCONT, pids)


def _send(number: signal.Signals, pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def session_of(pid: int) -> int:
    return os.getsid(pid)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """True as soon as `condition` holds, False if it does not within `seconds`."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
