"""When an order of a basket is due, and how much working time is left."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from django.core.cache import cache
from django.utils.translation import gettext as _

from icpportal.time_format import BEIJING, hours_words, short_words, to_beijing
from icpportal.workdays.calendar import CLOSING_TIME, ONE_DAY, Calendar, calendar, end_of_answer
from icpportal.workdays.hours import working_time
from transfers.models import Order
from transfers.orders.review_time import usual_end

LONGEST = timedelta(days=120)  # longer waits are overdue by any calendar
AHEAD = timedelta(days=60)
KNOWN_FOR = 60  # seconds until a newly loaded holiday notice takes effect
SOON = timedelta(hours=3)
OVER, NEAR, LATER = "over", "soon", ""
WIDTH = 152  # of the bar


class DueBy(Enum):
    """What an order's due time depends on."""

    PROMISE = auto()  # of an answer within one working day
    DEADLINE = auto()  # its own
    USUAL = auto()  # the authority's usual time
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Due:
    """The drawn due time: words, urgency, and how much of the time has passed, as a bar of 152 units."""

    at: datetime
    words: str
    tone: str
    width: int


def calendar_around(now: datetime) -> Calendar:
    """The days any list may need, in one query."""
    today = to_beijing(now).date()
    found = cache.get_or_set(f"desk.calendar.{today}", lambda: calendar(today - LONGEST, today + AHEAD), KNOWN_FOR)
    return found or calendar(today - LONGEST, today + AHEAD)


def moment(order: Order, by: DueBy, known: Calendar) -> datetime | None:
    """When the order is due."""
    if by is DueBy.PROMISE:
        return end_of_answer(order.entered_at, known=known)
    if by is DueBy.USUAL:
        return usual_end(order, known)
    return order.due_at if by is DueBy.DEADLINE else None


def due_of(order: Order, by: DueBy, now: datetime, known: Calendar) -> Due | None:
    """The due time of a row; in working time, except for a deadline of its own."""
    at = moment(order, by, known)
    if at is None:
        return None
    if by is DueBy.DEADLINE:
        return _due(at, now, at - now, now - order.entered_at, at - order.entered_at)
    return due_between(order.entered_at, at, now, known)


def due_between(since: datetime, at: datetime, now: datetime, known: Calendar) -> Due:
    """The working time from one moment to another, as words."""
    left = working_time(now, at, known=known) or -working_time(at, now, known=known)
    passed = working_time(since, now, known=known)
    return _due(at, now, left, passed, working_time(since, at, known=known))


def _due(at: datetime, now: datetime, left: timedelta, passed: timedelta, whole: timedelta) -> Due:
    if at <= now:
        return Due(at, over_words(-left), OVER, WIDTH)
    today = to_beijing(at).date() == to_beijing(now).date()
    clock = f"{to_beijing(at):%H:%M}"
    words = f"{clock} · {hours_words(left)}" if today else day_and_clock(at, now)
    share = min(1.0, passed / whole) if whole else 1.0
    return Due(at, words, NEAR if today and left <= SOON else LATER, round(WIDTH * share))


def over_words(span: timedelta) -> str:
    """`1 h 10 min over`."""
    return _("%(span)s over") % {"span": hours_words(span)} if span >= timedelta(minutes=1) else _("now overdue")


def day_and_clock(at: datetime, now: datetime) -> str:
    """`tomorrow 09:40`, or the day."""
    is_tomorrow = to_beijing(at).date() - to_beijing(now).date() == ONE_DAY
    return _("tomorrow %(time)s") % {"time": f"{to_beijing(at):%H:%M}"} if is_tomorrow else short_words(at, now=now)


def over_before(now: datetime, known: Calendar, workdays: int = 1) -> datetime:
    """What arrived before this moment has waited longer than promised."""
    day = to_beijing(now).date()
    while _promise_of(day, known, workdays) > now:
        day -= ONE_DAY
    return datetime.combine(day + ONE_DAY, datetime.min.time(), tzinfo=BEIJING)


def today_before(now: datetime, known: Calendar, workdays: int = 1) -> datetime:
    """What arrived before this moment has its answer promised for today, or is overdue."""
    return over_before(datetime.combine(to_beijing(now).date(), CLOSING_TIME, tzinfo=BEIJING), known, workdays)


def _promise_of(day: date, known: Calendar, workdays: int) -> datetime:
    return end_of_answer(datetime.combine(day, CLOSING_TIME, tzinfo=BEIJING), workdays, known=known)
