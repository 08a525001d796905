"""Counts each day how long the orders approved on it took, as numbers that name no order."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import Calendar, calendar
from transfers.durations import days
from transfers.durations.figures import WINDOW
from transfers.durations.spans import WHOLE, Span, Step, spans
from transfers.models import CountedDay, DurationCount, Order, OrderEvent
from transfers.orders.kinds import TRANSFERS, in_group
from transfers.orders.rows import Group

ORDERS_AT_ONCE = 500
LONGEST = 1000  # days; for longer stages the work calendar is not consulted

Key = tuple[str, str, int]  # province, stage, days


def count_days(*, now: datetime | None = None) -> int:
    """Counts the days that are due, the earliest first; returns how many."""
    return days.count_days(DURATIONS, now=now)


def count_day(day: date, *, now: datetime) -> None:
    """Counts one day and replaces an earlier count of it."""
    days.count_day(DURATIONS, day, now=now)


def approved_on(day: date) -> QuerySet[Order]:
    """The transfers approved on this day in Beijing."""
    begin, end = days.bounds(day)
    approved = Order.objects.filter(in_group(Group.APPROVED), kind__in=TRANSFERS)
    return approved.filter(entered_at__gte=begin, entered_at__lt=end)


def _count_rows(day: date) -> Iterator[DurationCount]:
    for (province, stage, length), times in sorted(_counts(day).items()):
        yield DurationCount(day=day, province=province, stage=stage, length=length, times=times)


def _counts(day: date) -> Counter[Key]:
    approved = list(approved_on(day).values_list("pk", "province"))
    known = calendar(day - timedelta(days=LONGEST), day) if approved else None
    counts: Counter[Key] = Counter()
    for start in range(0, len(approved), ORDERS_AT_ONCE):
        provinces = dict(approved[start : start + ORDERS_AT_ONCE])
        for order, steps in groupby(_steps(list(provinces)), key=lambda found: found[0]):
            for span in spans(step for _order, step in steps):
                counts[provinces[order], span.stage, _length(span, known)] += 1
    return counts


def _steps(orders: list[UUID]) -> Iterator[tuple[UUID, Step]]:
    events = OrderEvent.objects.filter(order__in=orders).order_by("order_id", "at", "pk")
    for order, to_state, by, at in events.values_list("order_id", "to_state", "by", "at").iterator():
        yield order, Step(to_state, by, at)


def _length(span: Span, known: Calendar | None) -> int:
    """Calendar days for the whole order, working days for a stage; what ends on its first day took one."""
    first, last = span.begin.astimezone(BEIJING).date(), span.end.astimezone(BEIJING).date()
    days = min(max((last - first).days, 1), LONGEST)
    if span.stage == WHOLE or known is None:
        return days
    return max(sum(known.is_workday(first + timedelta(days=n + 1)) for n in range(days)), 1)


DURATIONS = days.DailyCount(CountedDay, (DurationCount,), _count_rows, WINDOW)
