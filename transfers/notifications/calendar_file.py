"""A deadline as a calendar file (.ics, RFC 5545): no names or numbers, with alarms, and a stable identity."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from transfers.models import Order
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group

if TYPE_CHECKING:
    from icalendar import Alarm

ALARMS = (timedelta(hours=24), timedelta(hours=3), timedelta(minutes=30))
OTHERWISE = _("Deadline: order %(ref)s")
ANSWER = _("Order %(ref)s: our answer")
LENGTH = timedelta(minutes=15)


def _identity(order: Order) -> str:
    """Stable for one deadline: of phones, one for each report; of anything else, one for each state."""
    return f"{order.reference}-{order.report if is_in(order, Group.PHONES_OPEN) else order.state}"


def _alarm(before: timedelta, words: str) -> "Alarm":
    from icalendar import Alarm  # noqa: PLC0415 -- as below

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -before)
    return alarm


def deadline_ics(order: Order, *, language: str = "", now: datetime | None = None) -> str:
    """The calendar file of the order's deadline, in the owner's language by default; moving it raises SEQUENCE."""
    if order.due_at is None:
        raise ValueError("an order without a deadline has no calendar file")
    return _file(order, order.due_at, state_of(order).calendar or OTHERWISE, ALARMS, language, now)


def answer_ics(order: Order, at: datetime, *, now: datetime | None = None) -> str:
    """The calendar file of the day by which we answer: it is our turn, so it has no alarm."""
    return _file(order, at, ANSWER, (), "", now)


def _file(
    order: Order, at: datetime, words: Words, alarms: tuple[timedelta, ...], language: str, now: datetime | None
) -> str:
    from icalendar import Calendar, Event  # noqa: PLC0415 -- 0.1 s of every process's start

    with translation.override(language or order.owner.language):
        summary = str(words) % {"ref": order.reference}
        where = settings.PUBLIC_BASE_URL + order.get_absolute_url()
    event = Event()
    event.add("uid", f"{_identity(order)}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}")
    event.add("sequence", order.version)
    event.add("dtstamp", (now or timezone.now()).astimezone(UTC))
    event.add("dtstart", (at - LENGTH).astimezone(UTC))
    event.add("dtend", at.astimezone(UTC))
    event.add("summary", summary)
    event.add("url", where)
    for before in alarms:
        event.add_component(_alarm(before, summary))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//ICP filing portal//deadline//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical().decode()
