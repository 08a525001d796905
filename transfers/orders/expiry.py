"""Expires an overdue order when its page is opened, without waiting for the sweep or asking anybody outside."""

from datetime import datetime

from django.utils import timezone

from icpportal.alarms import rows
from icpportal.lifecycle import MoveNotAllowed
from icpportal.time_format import long_words
from transfers.models import Order
from transfers.orders.kinds import state_of
from transfers.orders.machine import apply_at_deadline


class TimeOver(Exception):
    """A request about an order came after its deadline; `words` is the sentence for its owner."""

    def __init__(self, order: Order, words: str) -> None:
        super().__init__(order.reference)
        self.order, self.words = order, words


def expire_if_due(order: Order, *, now: datetime | None = None) -> Order:
    """Closes an order whose time ran out since the last sweep; returns the order as it is afterwards.

    One that was ever with the authority is left to the sweep, which first fetches what the authority has decided.
    """
    state = state_of(order)
    if not is_over(order, now=now) or not state.ends_on_page or order.report:
        return order
    try:
        closed = rows.build_safely(
            "pages.orders",
            order.pk,
            lambda: apply_at_deadline(order, state.clock, now=now),
            reference=order.reference,
            passing=(MoveNotAllowed,),
        )
    except MoveNotAllowed:  # the sweep was first
        closed = None
    if closed is None:  # unreadable: it stays as it is
        return Order.objects.select_related("owner").get(pk=order.pk)
    return order


def is_over(order: Order, *, now: datetime | None = None) -> bool:
    """Whether the time of receipt is at or after the deadline: 47:59:59 counts, 48:00:00 does not."""
    return order.due_at is not None and order.due_at <= (now or timezone.now())


def over_words(order: Order) -> str:
    """That the time of this order is over, since when, and what happens now; "" while it is not."""
    if order.due_at is None or not is_over(order):
        return ""
    return str(state_of(order).over % {"due": long_words(order.due_at)})
