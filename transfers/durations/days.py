"""Counts that are kept day by day: which days wait to be counted, and each in place of an earlier count of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import ONE_DAY

SETTLED = timedelta(days=3)  # an answer may arrive with the date of a day before: each day is counted once more
KEPT = timedelta(days=400)
DAYS_AT_ONCE = 10  # in one run; a portal that has just begun to count needs a few


@dataclass(frozen=True, slots=True)
class DailyCount:
    """What is counted of a day, where that is written, and how far back."""

    days: type[Model]  # with a row for each day that was counted, and when
    tables: tuple[type[Model], ...]
    counted: Callable[[date], Iterable[Model]]  # the rows of a day, for these tables
    window: timedelta


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Beijing, and that of the day after."""
    begin = datetime.combine(day, time(), tzinfo=BEIJING)
    return begin, begin + ONE_DAY


def count_days(daily: DailyCount, *, now: datetime | None = None) -> int:
    """Counts the days that wait for it, the earliest first, and forgets what is too old; how many days it were."""
    now = now or timezone.now()
    today = now.astimezone(BEIJING).date()
    waiting = list(_waiting(daily, today))[:DAYS_AT_ONCE]
    for day in waiting:
        count_day(daily, day, now=now)
    for model in (*daily.tables, daily.days):
        model._default_manager.filter(day__lt=today - KEPT).delete()
    return len(waiting)


def count_day(daily: DailyCount, day: date, *, now: datetime) -> None:
    """Counts one day, in place of an earlier count of it."""
    rows = list(daily.counted(day))
    with transaction.atomic():
        # who counts the same day at the same time waits here, and then counts it in place of this
        daily.days._default_manager.update_or_create(day=day, defaults={"counted_at": now})
        for model in daily.tables:
            model._default_manager.filter(day=day).delete()
            model._default_manager.bulk_create([row for row in rows if type(row) is model], batch_size=500)


def _waiting(daily: DailyCount, today: date) -> Iterator[date]:
    """Days that were never counted, or only while an answer could still arrive late."""
    first = today - daily.window
    counted = dict(daily.days._default_manager.filter(day__gte=first).values_list("day", "counted_at"))
    for day in (first + timedelta(days=n) for n in range(daily.window.days)):
        at = counted.get(day)
        settles = day + SETTLED
        if at is None or at.astimezone(BEIJING).date() < settles <= today:
            yield day
