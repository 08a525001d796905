"""The machine during a measurement: its speed, and how much of it others used."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from bench.harness import processes

IDLE = (3, 4)  # idle and waiting for disks, in the first line of /proc/stat
GUESTS = 8  # from this field on guests, which are included in the first ones
SPINS = 300_000
SPIN_SECONDS = 0.0070  # processor time of one spin on the machine of docs/performance.md


def spin() -> float:
    """Seconds of processor time for a fixed Python loop, the best of five, to compare machines and moments."""
    return min(_spin() for _ in range(5))


def _spin() -> float:
    began, total = time.process_time(), 0
    for number in range(SPINS):
        total += number & 7
    return time.process_time() - began


def scale(seconds: float, spun: float) -> float:
    """What `seconds` would be on the machine of docs/performance.md, by the spin measured with it."""
    return seconds * SPIN_SECONDS / spun


def ours() -> float:
    """Seconds of processor time of this process and all its children."""
    return processes.family_cpu(os.getpid())


class Others:
    """The share of the machine used by others since this object was created: 0.5 is one core of two.

    `beside` is processor time that is ours but not our children's, as of PostgreSQL backends.
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
    """Seconds that all cores were busy, and seconds in total."""
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:]
    counted = [int(field) / processes.TICKS for field in fields[:GUESTS]]
    return sum(each for place, each in enumerate(counted) if place not in IDLE), sum(counted)
