"""Finds processes by a word in their command line, like `ps`."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def with_word(word: str) -> set[int]:
    """Pids of running (not zombie) processes whose command line or environment contains `word`, except ours."""
    return {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != os.getpid() and has(pid, word)}


def has(pid: int, word: str) -> bool:
    folder = Path("/proc") / str(pid)
    try:
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        content = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
    except (OSError, IndexError):
        return False
    return state != "Z" and word.encode() in content


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
