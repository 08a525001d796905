"""Counts working days in mainland China (工作日).

A day is what `WorkCalendarDay` says; else what the package chinesecalendar knows (State Council notices, 2004 to the
year of its release); else Monday to Friday except holidays with a fixed date, and then the result is provisional until
the year's notice is loaded.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import holidays
from django.db.models import DateField

from icpportal.database.prepared import CompiledQuery
from icpportal.time_format import BEIJING
from icpportal.workdays.models import WorkCalendarDay

OPENING_TIME, CLOSING_TIME = time(9, 0), time(18, 0)
SHIPPED_YEARS = range(min(holidays).year, max(holidays).year + 1)
# month and day (docs/sources.md#holidays). Others follow the lunar calendar and are known from the notice only
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
ONE_DAY = timedelta(days=1)
LONGEST_BREAK = 30  # more days off than any notice has ever had
MOST_DAYS = 2000
_shipped = lru_cache(4096)(chinese_calendar.is_workday)  # a list counts the same days for each of its rows
BETWEEN = CompiledQuery(
    lambda begin, end: WorkCalendarDay.objects.filter(date__gte=begin, date__lte=end),
    begin=DateField(),
    end=DateField(),
)
NOTICE_DAYS = 10  # every year's notice has more; fewer rows are corrections, and the year counts as unknown


@dataclass(frozen=True)
class Calendar:
    """The stored days between two dates."""

    days: dict[date, bool]
    listed_years: frozenset[int]

    def is_workday(self, day: date) -> bool:
        written = self.days.get(day)
        if written is not None:
            return written
        if day.year in SHIPPED_YEARS:
            return _shipped(day)
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS

    def is_certain(self, day: date) -> bool:
        """Whether the notice for the day's year is known."""
        return day.year in SHIPPED_YEARS or day.year in self.listed_years

    def workdays_after(self, start: date) -> Iterator[date]:
        day = start
        while True:
            day += ONE_DAY
            if self.is_workday(day):
                yield day


def calendar(first: date, last: date) -> Calendar:
    """The stored days from the year of `first` to the year of `last`, in one query."""
    rows = BETWEEN.all(begin=date(first.year, 1, 1), end=date(last.year, 12, 31))
    days = {row.date: row.is_workday for row in rows}
    listed = Counter(day.year for day in days)
    return Calendar(days=days, listed_years=frozenset(year for year, n in listed.items() if n >= NOTICE_DAYS))


def is_workday(day: date) -> bool:
    """Whether `day` is a working day, as far as known."""
    return calendar(day, day).is_workday(day)


def add_workdays(start: date, n: int, *, known: Calendar | None = None) -> tuple[date, bool]:
    """The `n`-th working day after `start`, and whether that is provisional (a year without a notice yet).

    `known` is the calendar of that time, if the caller has read it already.
    """
    if not 0 <= n <= MOST_DAYS:
        raise ValueError(f"{n} working days cannot be counted")
    known = known or calendar(start, start + timedelta(days=2 * n + LONGEST_BREAK))
    after = known.workdays_after(start)
    end = start
    for _ in range(n):
        end = next(after)
    provisional = not all(known.is_certain(date(year, 1, 1)) for year in range(start.year, end.year + 1))
    return end, provisional


def end_of_answer(start: datetime, workdays: int = 1, *, known: Calendar | None = None) -> datetime:
    """When an answer promised within `workdays` working days is due: 18:00 in Beijing on the last of them."""
    last_day, _ = add_workdays(start.astimezone(BEIJING).date(), workdays, known=known)
    return datetime.combine(last_day, CLOSING_TIME, tzinfo=BEIJING)
