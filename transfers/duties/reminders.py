"""Reminders of duties: once each, by day, while there is time; recounts provisional dates."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.lifecycle import CLOCK
from icpportal.outbox.quiet_hours import is_night
from transfers.duties.actions import RULES, row
from transfers.models import Duty
from transfers.notifications.messages import ACCOUNT, notify_recipients
from transfers.orders.machine import note

PORTION = 200  # in one sweep; the next one does the rest


def to_remind(today: date) -> QuerySet[Duty]:
    """Open duties whose reminder is due and whose date has not passed; served by a partial index."""
    waiting = Duty.objects.filter(done_at=None, reminded_at=None, remind_on__lte=today, due_on__gte=today)
    return waiting.select_related("order__owner").order_by("remind_on", "pk")


def sweep(now: datetime, *, dry_run: bool = False) -> rows.Ran[bool]:
    """Recounts provisional dates and sends due reminders, outside the quiet hours."""
    if not dry_run:
        recount(now=now)
    if is_night(now):
        return rows.Ran()
    due = to_remind(timezone.localdate(now))
    return rows.each(
        "deadlines.duties",
        due,
        lambda duty: dry_run or _remind(duty, now),
        reference="order__reference",
        at_most=None if dry_run else PORTION,
        noted=not dry_run,
    )


def _remind(duty: Duty, now: datetime) -> bool:
    with transaction.atomic():
        if not Duty.objects.filter(pk=duty.pk, done_at=None, reminded_at=None).update(reminded_at=now):
            return False  # ticked off, or sent by another worker
        event = note(duty.order, "reminded", by=CLOCK, at=now)
        end_of_day = timezone.make_aware(datetime.combine(duty.due_on, datetime.max.time().replace(microsecond=0)))
        facts = {"what": RULES[duty.key].title, "due": end_of_day}
        notify_recipients(duty.order, "duty_reminder", event_id=event.pk, facts=facts, roles=[ACCOUNT], now=now)
    return True


def to_recount() -> QuerySet[Duty]:
    """Open duties with a provisional date, the one counted longest ago first; served by a partial index."""
    return Duty.objects.filter(done_at=None, provisional=True).order_by("counted_at")


def recount(*, now: datetime | None = None) -> rows.Ran[bool]:
    """Recounts a portion of the dates over a year without a holiday notice: it may be known by now."""
    portion = list(to_recount().values_list("pk", flat=True)[:PORTION])
    if not portion:
        return rows.Ran()
    chosen = to_recount().filter(pk__in=portion).select_related("order")
    ran = rows.each("deadlines.recount", chosen, _recount, reference="order__reference", at_most=PORTION)
    Duty.objects.filter(pk__in=portion).update(counted_at=now or timezone.now())
    return ran


def _recount(duty: Duty) -> bool:
    fresh = row(duty.order, duty.key, timezone.localdate(duty.order.entered_at))
    if (fresh.due_on, fresh.provisional) == (duty.due_on, duty.provisional):
        return False
    columns = {"due_on": fresh.due_on, "remind_on": fresh.remind_on, "provisional": fresh.provisional}
    return bool(Duty.objects.filter(pk=duty.pk, done_at=None).update(**columns))
