"""The work of one side in a round."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.harness.rounds import Rounds


@dataclass(frozen=True)
class Run:
    """A number of items, the seconds they took, and the processor time of all processes."""

    number: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.number / self.seconds

    @property
    def each(self) -> float:
        """Microseconds of processor time per item."""
        return 1_000_000 * self.cpu / self.number


def row(rounds: Rounds[Run], side: str) -> tuple[str, float, float]:
    """For a table: the side, items per second, and processor time per item."""
    return side, rounds.median(lambda sides: sides[side].rate), rounds.median(lambda sides: sides[side].each)


def time_run(number: int, act: Callable[[], object], used: Callable[[], float]) -> Run:
    """Times `act`; `used` returns the processor time so far."""
    before, began = used(), time.perf_counter()
    act()
    return Run(number, time.perf_counter() - began, used() - before)
