"""Extends deadlines after an outage, with a new message and calendar file, and sets missing ones."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from icpportal.alarms import rows
from icpportal.fields.types import Fact
from transfers.deadlines.reminders import roles_of
from transfers.models import Order
from transfers.notifications import texted_mobiles
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries, states
from transfers.orders.kinds import is_in, where
from transfers.orders.machine import note
from transfers.orders.rows import Group

UNDATED_AT_ONCE = 1_000


def extend(first: datetime, last: datetime, by: timedelta, *, reason: str, dry_run: bool = False) -> rows.Ran[str]:
    """Extends every running deadline in [first, last) by `by`; returns which orders, and which failed.

    An order that moved on is skipped; one that fails keeps its deadline and does not stop the others.
    """
    due = queries.in_progress().filter(due_at__gte=first, due_at__lt=last).order_by("due_at")
    if dry_run:
        return rows.Ran(list(due.values_list("reference", flat=True)))
    return rows.each(
        "deadlines.extended",
        due,
        lambda order: order.reference if _extend(order, by, reason) else "",
        reference="reference",
        noted=False,
    )


def _extend(order: Order, by: timedelta, reason: str) -> bool:
    with transaction.atomic():
        same = Order.objects.filter(pk=order.pk, version=order.version, due_at=order.due_at)
        if same.update(due_at=F("due_at") + by, version=F("version") + 1, reminded=0) != 1:
            return False  # it moved on between query and update
        order.refresh_from_db()
        event = note(order, "deadline_moved", by="operations", words=reason)
        waiting = [check for check in queries.phone_checks(order) if not check.is_done]
        if is_in(order, Group.PHONES_OPEN) and waiting:
            facts: dict[str, Fact] = {"mobiles": texted_mobiles.masked_mobiles(waiting)}
            roles = roles_of(waiting)
            notify_recipients(order, "phones_extended", event_id=event.pk, facts=facts, roles=roles, now=event.at)
    return True


def date_undated(now: datetime, *, dry_run: bool = False) -> int:
    """Gives a full term to orders that wait for their owner without a date (from an earlier version); how many.

    It dates a portion: the next sweep does the rest.
    """
    undated = Order.objects.filter(where(lambda state: state.kept), due_at=None)
    if dry_run:
        return undated.count()
    found = defaultdict[str, list[UUID]](list)
    for pk, state in undated.values_list("pk", "state")[:UNDATED_AT_ONCE]:
        found[state].append(pk)
    return sum(
        undated.filter(pk__in=keys, state=state).update(
            due_at=now + getattr(settings, states.BY_KEY[state].kept), reminded=0
        )
        for state, keys in found.items()
    )
