"""What processes have used, from /proc: processor time (user and system) and memory (PSS)."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024  # KiB


def family(pid: int) -> list[int]:
    """A process and all its descendants that are alive."""
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
    """Those whose parent it is."""
    return [each for each in _alive() if (fields := _fields(each)) and int(fields[1]) == pid]


def cpu(pids: Iterable[int]) -> float:
    """Seconds that these processes have used, with those of their children that have ended and were waited for."""
    return sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _fields(pid))) / TICKS


def family_cpu(pid: int) -> float:
    """Seconds that a process and all its descendants, also those that have ended, have used."""
    return cpu(family(pid))


def pss(pids: Iterable[int]) -> float:
    """MiB of memory of these processes; what several share is divided among those that share it."""
    return sum(_kib(pid) for pid in pids) / MIB


def named(words: str) -> list[int]:
    """Processes whose command line has these words: a backend of PostgreSQL names its database."""
    return [pid for pid in _alive() if words.encode() in _read(PROC / str(pid) / "cmdline")]


class Backends:
    """The processor time of the backends of one database, also of those that have ended since it began to watch.

    A thread looks at them ten times a second; what a backend used between the last look and its end is lost.
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
        self._ended.set()
        self._thread.join()

    def cpu(self) -> float:
        """Seconds that all of them have used so far."""
        self._look()
        return sum(self.used.values())

    def _watch(self) -> None:
        while not self._ended.wait(self.PAUSE_SECONDS):
            self._look()

    def _look(self) -> None:
        for pid in named(f" {self.database} "):
            if pid not in self.without:
                self.used[pid] = max(self.used.get(pid, 0.0), cpu([pid]))


def _alive() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if it has ended."""
    return _read(PROC / str(pid) / "stat").decode(errors="replace").rpartition(")")[2].split()


def _kib(pid: int) -> int:
    for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or is not ours to read
        return b""
