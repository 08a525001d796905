"""Working time (工作时间): the part of a span in opening hours of working days, in Beijing.

A working day ends at `CLOSING_TIME`, by which answers are promised.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import CLOSING_TIME, ONE_DAY, OPENING_TIME, Calendar, calendar

NONE = timedelta(0)


def working_time(start: datetime, end: datetime, *, known: Calendar | None = None) -> timedelta:
    """The working time between two moments; none when `end` is not later.

    `known` is the calendar of the days between, if the caller has read it already.
    """
    first, last = start.astimezone(BEIJING), end.astimezone(BEIJING)
    if last <= first:
        return NONE
    known = known or calendar(first.date(), last.date())
    return sum((_within(day, first, last) for day in _days(first.date(), last.date()) if known.is_workday(day)), NONE)


def hours_of(day: date) -> tuple[datetime, datetime]:
    """When a working day begins and ends."""
    return (
        datetime.combine(day, OPENING_TIME, tzinfo=BEIJING),
        datetime.combine(day, CLOSING_TIME, tzinfo=BEIJING),
    )


def is_open(now: datetime) -> bool:
    """Whether it is working time."""
    today = now.astimezone(BEIJING).date()
    opens, closes = hours_of(today)
    return opens <= now < closes and calendar(today, today).is_workday(today)


def _within(day: date, first: datetime, last: datetime) -> timedelta:
    opens, closes = hours_of(day)
    return max(min(closes, last) - max(opens, first), NONE)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY
