"""Open calls, and whether the missed ones are enough to return the order."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from icpportal.database.row_reads import read_once
from transfers.models import Call, Order, OrderEvent

MISSED_MOST = 2  # then the applicant is told and has a grace period
APART = timedelta(hours=1)  # attempts closer together count as one
GRACE_WORKDAYS = 3
PLANNED = "call_planned"  # the noted fact that a call was requested
UNREACHED = "telephone"  # the reason in the catalogue for not reaching anybody


def is_called(events: Iterable[OrderEvent]) -> bool:
    """Whether the order's history notes a requested call; without one there is none to look for."""
    return any(event.move == PLANNED for event in events)


def open_calls() -> QuerySet[Call]:
    """Calls still to be made, the most urgent first; served by an index of open calls."""
    return Call.objects.filter(ended_at=None).order_by("next_at", "pk")


def open_of(*orders: Order | UUID) -> QuerySet[Call]:
    """The open calls to the people of these orders."""
    return open_calls().filter(order__in=orders, objection=None)


def open_now(order: Order) -> list[Call]:
    """The same of one order, read once."""

    def read() -> list[Call]:
        found = list(open_of(order))
        for call in found:
            call.order = order  # or each would read it again
        return found

    return read_once(order, "open calls", read)


def with_next_call(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with their most urgent open call, in the same query."""
    calls = open_calls().filter(order=OuterRef("pk"))
    return orders.annotate(call_key=Subquery(calls.values("pk")[:1]), call_at=Subquery(calls.values("next_at")[:1]))


def next_call(order: Order) -> tuple[UUID, datetime] | None:
    """The key and time of that call, if the order was read with it and has one."""
    key, at = getattr(order, "call_key", None), getattr(order, "call_at", None)
    return (key, at) if isinstance(key, UUID) and isinstance(at, datetime) else None


def waits_for_choice(order: Order) -> bool:
    """Whether its owner was told of missed calls and has not chosen a time yet."""
    return is_called(order.events.all()) and any(call.grace_until for call in open_now(order))


def with_choice_due(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with `choose_by`: until when their owners can choose a time after missed calls; else None."""
    calls = _in_grace(open_calls().filter(order=OuterRef("pk"), objection=None))
    return orders.annotate(choose_by=Subquery(calls.order_by("grace_until").values("grace_until")[:1]))


def _in_grace(calls: QuerySet[Call]) -> QuerySet[Call]:
    return calls.filter(grace_until__isnull=False)


def may_return(call: Call, now: datetime | None = None) -> bool:
    """Whether the order may be returned because nobody was reached: told, and the grace period is over."""
    return call.ended_at is None and call.grace_until is not None and call.grace_until <= (now or timezone.now())


def is_unreached(order: Order, now: datetime | None = None) -> bool:
    """Whether one of the order's calls allows returning it for that."""
    return any(may_return(call, now) for call in open_of(order))
