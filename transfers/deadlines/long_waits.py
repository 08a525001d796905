"""Orders that wait longer than they should, and why; `reconcile` tells operations of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from transfers.models import Order
from transfers.orders import queries, review_time, states

NO_ANSWER = "the authority has not answered for longer than it usually takes"
NO_ID = "waits for the authority's id of the access (Jrid), which comes with its record (BASJ)"
HELD, OVERDUE, STANDING = "held", "deadline passed", "standing too long"


@dataclass(frozen=True)
class Stuck:
    """One order that waits longer than it should."""

    reference: str
    state: str
    reason: str


def stuck(now: datetime) -> list[Stuck]:
    """Orders that no page or sweep will move by itself, for `reconcile`."""
    late = Q(pk__in=[])
    for state in states.STATES:
        if state.stuck_after is not None:
            late |= Q(state=state.key, entered_at__lt=now - state.stuck_after)
    overdue = Q(due_at__lt=now - timedelta(minutes=10))
    waiting = set(queries.without_access_id().values_list("reference", flat=True))
    found = Order.objects.filter(late | overdue | Q(held=True)).values_list("reference", "state", "due_at", "held")
    stuck_orders = [Stuck(ref, state, _why(due_at, held, ref in waiting, now)) for ref, state, due_at, held in found]
    return stuck_orders + [Stuck(order.reference, order.state, NO_ANSWER) for order in review_time.late(now)]


def _why(due_at: datetime | None, held: bool, is_nameless: bool, now: datetime) -> str:
    if held:
        return HELD
    if is_nameless:
        return NO_ID
    return OVERDUE if due_at and due_at < now else STANDING
