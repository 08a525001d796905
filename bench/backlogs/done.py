"""What one side of a round did."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.harness.rounds import Rounds


@dataclass(frozen=True)
class Done:
    """So many of something, in so many seconds, with so much processor time of all processes."""

    number: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.number / self.seconds

    @property
    def each(self) -> float:
        """Microseconds of processor time for one."""
        return 1_000_000 * self.cpu / self.number


def row(rounds: Rounds[Done], side: str) -> tuple[str, float, float]:
    """For a table: the side, how many a second, and the processor time of each."""
    return side, rounds.median(lambda sides: sides[side].rate), rounds.median(lambda sides: sides[side].each)


def timed(number: int, act: Callable[[], object], used: Callable[[], float]) -> Done:
    """Does it; `used` is the processor time so far."""
    before, began = used(), time.perf_counter()
    act()
    return Done(number, time.perf_counter() - began, used() - before)
