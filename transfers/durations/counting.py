"""The daily count: what the orders approved on a day have taken, kept as numbers that name no order."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import ONE_DAY, Calendar, calendar
from transfers.durations.figures import WINDOW
from transfers.durations.spans import WHOLE, Span, Step, spans
from transfers.models import CountedDay, DurationCount, Order, OrderEvent
from transfers.orders.kinds import TRANSFERS, in_group
from transfers.orders.rows import Group

SETTLED = timedelta(days=3)  # an answer may arrive with the date of a day before: each day is counted once more
KEPT = timedelta(days=400)
DAYS_AT_ONCE = 10  # in one run; a portal that has just begun to count needs a few
ORDERS_AT_ONCE = 500
LONGEST = 1000  # days; the work calendar of a longer way is not asked

Key = tuple[str, str, int]  # province, stage, length


def count_days(*, now: datetime | None = None) -> int:
    """Counts the days that wait for it, the earliest first, and forgets what is too old; how many days it were."""
    now = now or timezone.now()
    today = now.astimezone(BEIJING).date()
    days = list(_waiting(today))[:DAYS_AT_ONCE]
    for day in days:
        count_day(day, now=now)
    for model in (DurationCount, CountedDay):
        model.objects.filter(day__lt=today - KEPT).delete()
    return len(days)


def count_day(day: date, *, now: datetime) -> None:
    """Counts one day, in place of an earlier count of it."""
    counts = _counts(day)
    rows = [
        DurationCount(day=day, province=province, stage=stage, length=length, times=times)
        for (province, stage, length), times in sorted(counts.items())
    ]
    with transaction.atomic():
        DurationCount.objects.filter(day=day).delete()
        DurationCount.objects.bulk_create(rows)
        CountedDay.objects.update_or_create(day=day, defaults={"counted_at": now})


def approved_on(day: date) -> QuerySet[Order]:
    """The transfers that were approved on this day in Beijing."""
    begin = datetime.combine(day, time(), tzinfo=BEIJING)
    approved = Order.objects.filter(in_group(Group.APPROVED), kind__in=TRANSFERS)
    return approved.filter(entered_at__gte=begin, entered_at__lt=begin + ONE_DAY)


def _waiting(today: date) -> Iterator[date]:
    """Days that were never counted, or only while an answer could still arrive late."""
    first = today - WINDOW
    counted = dict(CountedDay.objects.filter(day__gte=first).values_list("day", "counted_at"))
    for day in (first + timedelta(days=n) for n in range(WINDOW.days)):
        at = counted.get(day)
        settles = day + SETTLED
        if at is None or at.astimezone(BEIJING).date() < settles <= today:
            yield day


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
    """In days of the calendar for the whole way, else in working days; what ends on its first day took one."""
    first, last = span.begin.astimezone(BEIJING).date(), span.end.astimezone(BEIJING).date()
    days = min(max((last - first).days, 1), LONGEST)
    if span.stage == WHOLE or known is None:
        return days
    return max(sum(known.is_workday(first + timedelta(days=n + 1)) for n in range(days)), 1)
