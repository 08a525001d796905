"""Reminders of the phone window: 24, 6 and 1 hours before its end, to those who have not confirmed, quiet at night."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from transfers import queries
from transfers.models import Order
from transfers.people import BOTH
from transfers.telling import ACCOUNT, tell_everyone

# hours left → message; each is sent once a window, the nearest one that is due
REMINDERS = ((1, "phones_1h"), (6, "phones_6h"), (24, "phones_24h"))
QUIET_FROM, QUIET_TO = time(22, 0), time(8, 0)
RINGS_AT_NIGHT = 1


def send_at(due_at: datetime, hours: int) -> datetime:
    """When the reminder goes out: one that would fall into the quiet hours (22:00–8:00) goes out before them."""
    moment = timezone.localtime(due_at - timedelta(hours=hours))
    if hours == RINGS_AT_NIGHT or QUIET_TO <= moment.time() < QUIET_FROM:
        return moment
    evening = moment if moment.time() >= QUIET_FROM else moment - timedelta(days=1)
    return evening.replace(hour=QUIET_FROM.hour, minute=0, second=0, microsecond=0) - timedelta(minutes=1)


def reminder_due(order: Order, now: datetime) -> tuple[int, str] | None:
    """The nearest reminder whose time has come and that was not sent yet."""
    due_at = order.due_at
    if due_at is None:
        return None
    for hours, template in REMINDERS:
        begun = due_at - timedelta(hours=hours) > order.entered_at
        if begun and send_at(due_at, hours) <= now < due_at:
            return None if order.reminded and order.reminded <= hours else (hours, template)
    return None


def remind(order: Order, now: datetime, *, dry_run: bool = False) -> str:
    """Send the reminder that is due, once; returns its name or nothing."""
    found = reminder_due(order, now)
    if found is None:
        return ""
    hours, template = found
    waiting = [check for check in queries.phone_checks(order) if not check.is_done]
    if not waiting:
        return ""
    if dry_run:
        return template
    claimed = Order.objects.filter(pk=order.pk, version=order.version, reminded=order.reminded).update(reminded=hours)
    if claimed:
        facts: dict[str, Any] = {"mobiles": [each.mobile_masked for each in waiting if each.mobile_masked]}
        tell_everyone(order, template, event_id=order.report_key, facts=facts, roles=_roles(waiting), now=now)
    return template if claimed else ""


def _roles(waiting: list[Any]) -> list[str]:
    roles = [ACCOUNT]
    for check in waiting:
        roles += ["subject_lead", "administrator"] if check.role == BOTH else [check.role]
    return roles
