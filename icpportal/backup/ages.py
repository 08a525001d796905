"""Which backups are at the end of their retention, by a clock that may be wrong.

A clock that jumps ahead looks like a long pause between two backups. So a pause counts as a week at most, and a jump
deletes nothing that later backups do not replace, unless a person says that the clock is right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from icpportal.backup.manifest import AHEAD, made_at

LONGEST_PAUSE = timedelta(days=7)  # between two backups; they are made daily


@dataclass(frozen=True, slots=True)
class PastRetention:
    """The backups older than their retention, oldest first."""

    surely: list[str]
    doubtful: list[str]  # only if a long pause was one


def past_retention(stamps: Iterable[str], kept: timedelta, now: datetime, *, trusted: bool) -> PastRetention:
    """Sorts out what is older than `kept`; with a `trusted` clock nothing is doubtful."""
    old = {stamp: age for stamp, age in _ages(stamps, now) if made_at(stamp) < now - kept}
    surely = sorted(stamp for stamp, age in old.items() if trusted or age > kept)
    return PastRetention(surely, sorted(old.keys() - set(surely)))


def _ages(stamps: Iterable[str], now: datetime) -> Iterator[tuple[str, timedelta]]:
    """The age of each backup, newest first, where no pause counts as more than `LONGEST_PAUSE`."""
    age, later = timedelta(0), now
    for stamp in sorted((stamp for stamp in stamps if made_at(stamp) <= now), reverse=True):
        age, later = age + min(later - made_at(stamp), LONGEST_PAUSE), made_at(stamp)
        yield stamp, age


def disagree(ours: datetime, theirs: datetime) -> bool:
    """Whether two clocks differ by more than clocks do."""
    return abs(ours - theirs) > AHEAD
