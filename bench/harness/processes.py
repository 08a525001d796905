"""Resources used by processes, from /proc: processor time (user and system) and memory (PSS)."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024  # KiB


def family(pid: int) -> list[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for each in _alive():
        if fields := _fields(each):
            children.setdefault(int(fields[1]), []).append(each)
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def children(pid: int) -> list[int]:
    """The children of a process."""
    return [each for each in _alive() if (fields := _fields(each)) and int(fields[1]) == pid]


def cpu(pids: Iterable[int]) -> float:
    """Seconds used by these processes, and by their ended children that were waited for."""
    return sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _fields(pid))) / TICKS


def family_cpu(pid: int) -> float:
    """Seconds used by a process and all its descendants, ended ones included."""
    return cpu(family(pid))


def pss(pids: Iterable[int]) -> float:
    """MiB of memory of these processes; shared memory is divided among those that share it."""
    return sum(_kib(pid) for pid in pids) / MIB


def with_words(words: str) -> list[int]:
    """Processes with these words in the command line: a PostgreSQL backend names its database there."""
    return [pid for pid in _alive() if words.encode() in _read(PROC / str(pid) / "cmdline")]


class Backends:
    """The processor time of a database's backends, those ended since the start of the watch included.

    A thread reads it ten times a second; what a backend uses between the last reading and its end is lost.
    """

    PAUSE_SECONDS = 0.1

    def __init__(self, database: str, *, without: Iterable[int] = ()) -> None:
        self.database, self.without = database, set(without)
        self.used: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Backends":
        self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the thread; may be called again."""
        self._ended.set()
        self._thread.join()

    def cpu(self) -> float:
        """Seconds used by all of them so far."""
        self._look()
        return sum(self.used.values())

    def _watch(self) -> None:
        while not self._ended.wait(self.PAUSE_SECONDS):
            self._look()

    def _look(self) -> None:
        for pid in with_words(f" {self.database} "):
            if pid not in self.without:
                self.used[pid] = max(self.used.get(pid, 0.0), cpu([pid]))


def _alive() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if the process has ended."""
    return _read(PROC / str(pid) / "stat").decode(errors="replace").rpartition(")")[2].split()


def _kib(pid: int) -> int:
    for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or we may not read it
        return b""
