"""The period that figures are about: whole weeks up to yesterday, and as long a time before them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icpportal.time_format import to_beijing

WEEK = timedelta(weeks=1)
LENGTHS = (4, 13)  # in weeks


@dataclass(frozen=True, slots=True)
class Period:
    """So many weeks before the day `end`, which is not part of it."""

    end: date
    weeks: int

    @property
    def first(self) -> date:
        return self.end - self.weeks * WEEK

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The period just before, to compare with."""
        return Period(self.first, self.weeks)

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end

    def days(self) -> Iterator[date]:
        """Every day of it."""
        return (self.first + timedelta(days=n) for n in range((self.end - self.first).days))

    def week_of(self, day: date) -> date:
        """The first day of the week (counted back from the end) that a day is in."""
        return self.end - ((self.end - timedelta(days=1) - day) // WEEK + 1) * WEEK

    def first_days(self) -> list[date]:
        """The first day of each of its weeks."""
        return [self.first + n * WEEK for n in range(self.weeks)]


def period_to(now: datetime, weeks: int) -> Period:
    """The period that ended yesterday: today is not over."""
    return Period(to_beijing(now).date(), weeks)
