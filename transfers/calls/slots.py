"""Times for calls: a few in the working hours of the next days, each for a few calls at once."""

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta

from django.db.models import Count

from icpportal.time_format import BEIJING, to_beijing
from icpportal.workdays.calendar import ONE_DAY, Calendar, calendar
from transfers.models import Call

TIMES = (time(9, 30), time(11, 0), time(14, 0), time(16, 30))
AT_ONCE = 3  # calls at the same time
SHOWN = 6
AHEAD = timedelta(minutes=30)  # the least notice for a booking
DAYS = timedelta(days=30)  # longer than any holiday


def free_slots(now: datetime, *, known: Calendar | None = None) -> list[datetime]:
    """The next times within `DAYS` that are not full, in two queries."""
    times = list(_times(now, known or _calendar(now)))
    full = _full(times)
    return [at for at in times if at not in full][:SHOWN]


def times_for(call: Call, free: list[datetime], now: datetime) -> list[datetime]:
    """The free times before the order's deadline, and the one that was chosen for this call.

    One that we only planned may be full by now.
    """
    due = call.order.due_at
    in_time = free if due is None or due <= now else [at for at in free if at < due]
    is_kept = call.is_booked and call.next_at > now and call.next_at not in in_time
    return [call.next_at, *in_time] if is_kept else in_time


def soonest(now: datetime) -> datetime:
    """The next time for a call where nobody chose one."""
    return next(_times(now, _calendar(now)))


def _calendar(now: datetime) -> Calendar:
    today = to_beijing(now).date()
    return calendar(today, today + DAYS)


def _times(now: datetime, known: Calendar) -> Iterator[datetime]:
    day = to_beijing(now).date()
    last = day + DAYS
    while day <= last:
        if known.is_workday(day):
            at_times = (datetime.combine(day, each, tzinfo=BEIJING) for each in TIMES)
            yield from (at for at in at_times if at >= now + AHEAD)
        day += ONE_DAY


def _full(times: Collection[datetime]) -> set[datetime]:
    booked = Call.objects.filter(ended_at=None, is_booked=True, next_at__in=times).order_by()
    counted = booked.values_list("next_at").annotate(n=Count("pk"))
    return {at for at, n in counted if n >= AT_ONCE}
