"""The machine while something is measured: how fast it is, and how much of it others took."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from bench.harness import processes

IDLE = (3, 4)  # idle and waiting for disks, in the first line of /proc/stat
GUESTS = 8  # from here on the fields count guests, which are in the first ones already
SPINS = 300_000
SPIN_SECONDS = 0.0070  # of processor time for one spin, on the machine that docs/performance.md shows


def spin() -> float:
    """Seconds of processor time for a fixed loop of Python: the fastest of five, to compare machines and moments."""
    return min(_spin() for _ in range(5))


def _spin() -> float:
    began, total = time.process_time(), 0
    for number in range(SPINS):
        total += number & 7
    return time.process_time() - began


def scaled(seconds: float, spun: float) -> float:
    """What `seconds` would have been on the machine of docs/performance.md, by the spin beside it."""
    return seconds * SPIN_SECONDS / spun


def ours() -> float:
    """Seconds of processor time of this process and all it started."""
    return processes.family_cpu(os.getpid())


class Others:
    """The share of the machine that others took since it was made: 0.5 is one core of two.

    `beside` says what is ours though we did not start it, as backends of PostgreSQL.
    """

    def __init__(self, beside: Callable[[], float] = lambda: 0.0) -> None:
        self.beside = beside
        self.busy, self.all = _machine()
        self.own = ours() + beside()

    def share(self) -> float:
        busy, everything = _machine()
        own = ours() + self.beside() - self.own
        return max(0.0, busy - self.busy - own) / max(everything - self.all, 0.01)


def _machine() -> tuple[float, float]:
    """Seconds that all cores were busy, and that there were."""
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:]
    counted = [int(field) / processes.TICKS for field in fields[:GUESTS]]
    return sum(each for place, each in enumerate(counted) if place not in IDLE), sum(counted)
