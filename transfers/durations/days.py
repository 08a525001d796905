"""Daily counts: which days are due to be counted; each count replaces an earlier one of the day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import ONE_DAY

SETTLED = timedelta(days=3)  # an answer may arrive dated a day earlier, so each day is counted once more
KEPT = timedelta(days=400)
DAYS_AT_ONCE = 10  # in one run; a portal that starts counting needs several runs


@dataclass(frozen=True, slots=True)
class DailyCount:
    """What is counted for a day, the tables it goes to, and how far back."""

    days: type[Model]  # one row for each counted day, with the time
    tables: tuple[type[Model], ...]
    counted: Callable[[date], Iterable[Model]]  # makes the rows of a day for these tables
    window: timedelta


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Beijing, and of the next day."""
    begin = datetime.combine(day, time(), tzinfo=BEIJING)
    return begin, begin + ONE_DAY


def count_days(daily: DailyCount, *, now: datetime | None = None) -> int:
    """Counts the days that are due, the earliest first, and deletes old counts; returns how many days."""
    now = now or timezone.now()
    today = now.astimezone(BEIJING).date()
    waiting = list(_waiting(daily, today))[:DAYS_AT_ONCE]
    for day in waiting:
        count_day(daily, day, now=now)
    for model in (*daily.tables, daily.days):
        model._default_manager.filter(day__lt=today - KEPT).delete()
    return len(waiting)


def count_day(daily: DailyCount, day: date, *, now: datetime) -> None:
    """Counts one day and replaces an earlier count of it."""
    rows = list(daily.counted(day))
    with transaction.atomic():
        # a concurrent count of the same day waits here and then replaces this one
        daily.days._default_manager.update_or_create(day=day, defaults={"counted_at": now})
        for model in daily.tables:
            model._default_manager.filter(day=day).delete()
            model._default_manager.bulk_create([row for row in rows if type(row) is model], batch_size=500)


def _waiting(daily: DailyCount, today: date) -> Iterator[date]:
    """Days never counted, or counted only while an answer could still arrive late."""
    first = today - daily.window
    counted = dict(daily.days._default_manager.filter(day__gte=first).values_list("day", "counted_at"))
    for day in (first + timedelta(days=n) for n in range(daily.window.days)):
        at = counted.get(day)
        settles = day + SETTLED
        if at is None or at.astimezone(BEIJING).date() < settles <= today:
            yield day
