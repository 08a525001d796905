"""What a page does about a time that is over before the sweep comes by: nobody outside has to be asked about it."""

from datetime import datetime

from django.utils import timezone

from icpportal.lifecycle import Forbidden
from transfers import states
from transfers.cannot_read import shown
from transfers.firing import fire_at_deadline
from transfers.models import Order

# the phone window is not here: the authority has the last word on it, and no page waits for the authority
AT_ONCE = {states.DRAFT: "expire_draft", states.RETURNED: "expire_draft", states.COOLING_OFF: "cooled"}


def judge(order: Order, *, now: datetime | None = None) -> Order:
    """Close an order whose time ran out since the last sweep; the order as it then stands."""
    if not is_over(order, now=now) or order.state not in AT_ONCE:
        return order
    try:
        closed = shown(order, lambda: fire_at_deadline(order, AT_ONCE[order.state], now=now), passing=(Forbidden,))
    except Forbidden:  # the sweep was first
        closed = None
    if closed is None:  # or it cannot be read, and stays as it is
        return Order.objects.select_related("owner").get(pk=order.pk)
    return order


def is_over(order: Order, *, now: datetime | None = None) -> bool:
    """Whether the time of receipt is at or after the deadline: 47:59:59 counts, 48:00:00 does not."""
    return order.due_at is not None and order.due_at <= (now or timezone.now())
