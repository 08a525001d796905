"""Rounds in which all sides take turns, A B A B; only calm rounds count."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.harness.machine import Others, spin

T = TypeVar("T")
CALM = 0.10  # of the machine, used by others
ROUNDS = 5
LEAST = 3  # rounds, even when the time is up
SECONDS = 100.0  # after which no further round begins


@dataclass(frozen=True)
class Round(Generic[T]):
    """What each side measured, and the state of the machine."""

    sides: dict[str, T]
    others: float  # share of the machine
    spin: float  # seconds
    trouble: str = ""  # why it does not count, apart from noise

    @property
    def calm(self) -> bool:
        return self.others <= CALM and not self.trouble


@dataclass(frozen=True)
class Rounds(Generic[T]):
    """The rounds that count, and in words how calm they were."""

    counted: list[Round[T]]
    tried: int

    @property
    def note(self) -> str:
        """Says so if no round was calm enough."""
        calm, wanted = sum(each.calm for each in self.counted), len(self.counted)
        noise = f"others took {_percents([each.others for each in self.counted])} of the machine"
        spun = f"spin {_least_most([each.spin * 1000 for each in self.counted], 'ms')}"
        lack = "" if calm == wanted else f"only {calm} of them calm, the others are the calmest there were; "
        troubles = "; ".join(sorted({each.trouble for each in self.counted if each.trouble}))
        return f"{wanted} of {self.tried} rounds, {lack}{noise}, {spun}{'; ' if troubles else ''}{troubles}"

    @property
    def spin(self) -> float:
        return statistics.median(each.spin for each in self.counted)

    def of(self, side: str) -> list[T]:
        return [each.sides[side] for each in self.counted]

    def median(self, figure: Callable[[dict[str, T]], float]) -> float:
        """The median, over the rounds that count, of a figure computed from all sides of one round."""
        return statistics.median(figure(each.sides) for each in self.counted)

    def as_json(self) -> dict[str, object]:
        """For the result file."""
        rounds = [{"others": round(each.others, 4), "spin": each.spin, "calm": each.calm} for each in self.counted]
        return {"tried": self.tried, "note": self.note, "rounds": rounds}


def interleave(
    sides: Mapping[str, Callable[[], T]],
    *,
    count: int = ROUNDS,
    limit: int | None = None,
    seconds: float = SECONDS,
    beside: Callable[[], float] = lambda: 0.0,
    judge: Callable[[dict[str, T], float], str] = lambda _sides, _spin: "",
) -> Rounds[T]:
    """Repeats until `count` rounds were calm, at most `limit` (twice as many); the calmest others make up the rest.

    After `seconds` no further round begins, unless there were fewer than three.

    `beside` is processor time that is ours but not our children's. `judge` gets a round and its spin, and
    returns why the round does not count, or "".
    """
    done: list[Round[T]] = []
    ends = time.monotonic() + seconds
    for _ in range(limit or 2 * count):
        done.append(_round(sides, beside, judge))
        if sum(each.calm for each in done) >= count or (time.monotonic() > ends and len(done) >= min(LEAST, count)):
            break
    best = sorted(done, key=lambda each: (not each.calm, bool(each.trouble), each.others))[:count]
    return Rounds(best, len(done))


def _round(
    sides: Mapping[str, Callable[[], T]],
    beside: Callable[[], float],
    judge: Callable[[dict[str, T], float], str],
) -> Round[T]:
    before, others = spin(), Others(beside)
    measured = {name: side() for name, side in sides.items()}
    share = others.share()
    spun = min(before, spin())
    return Round(measured, share, spun, judge(measured, spun))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _percents(shares: list[float]) -> str:
    return _least_most([100 * share for share in shares], "%")


def _least_most(values: list[float], unit: str) -> str:
    least, most = f"{min(values):.1f}", f"{max(values):.1f}"
    return f"{least} {unit}" if least == most else f"{least} to {most} {unit}"
