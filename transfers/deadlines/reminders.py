"""Reminders before a deadline, of phones and of whatever waits for its owner: once each, outside the quiet hours."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import ngettext_lazy

from icpportal.fields.types import Fact
from icpportal.lifecycle import CLOCK
from icpportal.outbox.quiet_hours import is_night, morning
from transfers.models import Order, PhoneCheck
from transfers.notifications import texted_mobiles
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries
from transfers.orders.kinds import is_in, state_of, where
from transfers.orders.machine import note
from transfers.orders.people import BOTH
from transfers.orders.rows import ACCOUNT, Group

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEFORE_NIGHT = timedelta(minutes=30)  # margin for a sweep that runs a little late, after the quiet hours have begun
LAST_HOUR = 55  # minutes; more is written as an hour
# hours left → message; only the nearest due one is sent, once for each deadline
PHONES = ((1, "phones_1h"), (6, "phones_6h"), (24, "phones_24h"))
RINGS_AT_NIGHT = "phones_1h"


def reminders_of(order: Order) -> tuple[tuple[int, str], ...]:
    """The reminders for this order, the nearest to the deadline first."""
    if is_in(order, Group.PHONES_OPEN):
        return PHONES
    reminder = state_of(order).reminder
    if not reminder:
        return ()
    return tuple((before // HOUR, reminder) for before in sorted(settings.IDLE_WARNED))


def send_at(due_at: datetime, hours: int, template: str = "") -> datetime:
    """When a reminder is sent: before the quiet hours if it would fall into them."""
    quiet_from, _quiet_to = settings.QUIET_HOURS
    moment = timezone.localtime(due_at - timedelta(hours=hours))
    if template == RINGS_AT_NIGHT or not is_night(moment):
        return moment
    evening = moment if moment.time() >= quiet_from else moment - timedelta(days=1)
    return evening.replace(hour=quiet_from.hour, minute=quiet_from.minute, second=0, microsecond=0) - BEFORE_NIGHT


def to_remind(now: datetime) -> QuerySet[Order]:
    """Orders with a reminder due by now, the nearest deadline first; served by the index of deadlines."""
    open_phone = PhoneCheck.objects.filter(order=OuterRef("pk"), report=OuterRef("report"), confirmed_at=None)
    phones = _has_one(PHONES, now) & queries.phones_open() & Q(Exists(open_phone.filter(stated_at=None)))
    idle = _has_one([(before // HOUR, "") for before in sorted(settings.IDLE_WARNED)], now)
    waiting = idle & where(lambda state: state.reminder)
    return Order.objects.filter(phones | waiting, due_at__gt=now).order_by("due_at")


def _has_one(reminders: Iterable[tuple[int, str]], now: datetime) -> Q:
    """Matches deadlines by the nearest of these reminders that may be sent now; those already sent are left out."""
    begins, found = now, Q(pk__in=[])
    for hours, template in reminders:
        if is_night(now) and template != RINGS_AT_NIGHT:
            continue
        ends = _latest(now, template) + timedelta(hours=hours)
        found |= Q(due_at__gt=begins, due_at__lte=ends) & (Q(reminded=0) | Q(reminded__gt=hours))
        begins = ends
    return found


def _latest(now: datetime, template: str) -> datetime:
    """The latest `send_at` whose reminders are sent now: from half an hour before the quiet hours it is their end."""
    if template == RINGS_AT_NIGHT or not is_night(now + BEFORE_NIGHT):
        return now
    return morning(now) - timedelta(microseconds=1)


def reminder_due(order: Order, now: datetime) -> tuple[int, str] | None:
    """The nearest reminder that is due and not yet sent."""
    found = _nearest(order, now)
    if found is None or _says_nothing_new(order, *found):
        return None
    hours, template = found
    is_sent = order.reminded and order.reminded <= hours
    return None if is_sent or (is_night(now) and template != RINGS_AT_NIGHT) else found


def _nearest(order: Order, now: datetime) -> tuple[int, str] | None:
    due_at = order.due_at
    if due_at is None or now >= due_at:
        return None
    return next((each for each in reminders_of(order) if send_at(due_at, *each) <= now), None)


def _says_nothing_new(order: Order, hours: int, template: str) -> bool:
    """Whether it was due before the wait began: the message about the wait has said as much."""
    return order.due_at is not None and order.entered_at >= send_at(order.due_at, hours, template)


def time_left(due_at: datetime, now: datetime) -> str | Promise:
    """The time really left when the reminder is sent: whole hours, minutes in the last one."""
    minutes = max(int((due_at - now) / MINUTE), 1)
    if minutes < LAST_HOUR:
        return format_lazy(ngettext_lazy("{n} minute", "{n} minutes", minutes), n=minutes)
    hours = round(minutes / 60)
    return format_lazy(ngettext_lazy("{n} hour", "{n} hours", hours), n=hours)


def remind(order: Order, now: datetime, *, dry_run: bool = False) -> str:
    """Sends the reminder that is due, once; returns its name or ""."""
    found = reminder_due(order, now)
    if found is None:
        if not dry_run:
            _pass_over(order, now)
        return ""
    hours, template = found
    checks = list(queries.phone_checks(order))
    waiting = [check for check in checks if not check.is_done]
    asks_for_phones = is_in(order, Group.PHONES_OPEN)
    if asks_for_phones and not waiting:
        return ""
    if dry_run:
        return template
    with transaction.atomic():
        same = Order.objects.filter(pk=order.pk, version=order.version, reminded=order.reminded)
        if not same.update(reminded=hours):
            return ""
        event = note(order, "reminded", by=CLOCK, at=now)
        facts: dict[str, Fact] = {
            "mobiles": texted_mobiles.masked_mobiles(waiting),
            "mobiles_note": texted_mobiles.differences(order, checks),
            "left": order.due_at and time_left(order.due_at, now),
        }
        roles = roles_of(waiting) if asks_for_phones else [ACCOUNT]
        notify_recipients(order, template, event_id=event.pk, facts=facts, roles=roles, now=now)
    return template


def _pass_over(order: Order, now: datetime) -> None:
    """Marks a reminder that says nothing new as sent."""
    found = _nearest(order, now)
    if found and _says_nothing_new(order, *found):
        same = Order.objects.filter(pk=order.pk, version=order.version, reminded=order.reminded)
        same.update(reminded=found[0])


def roles_of(waiting: list[PhoneCheck]) -> list[str]:
    """Who is told about phones that are not verified yet: the account, and each person whose phone it is."""
    roles = [ACCOUNT]
    for check in waiting:
        roles += ["subject_lead", "administrator"] if check.role == BOTH else [check.role]
    return roles
