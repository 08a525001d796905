"""What a page does about a time that is over before the sweep comes by: nobody outside has to be asked about it."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.lifecycle import Forbidden
from icpportal.moments import long_words
from transfers import states
from transfers.cannot_read import shown
from transfers.firing import fire_at_deadline
from transfers.models import Order

# the phone window is not here: the authority has the last word on it, and no page waits for the authority
AT_ONCE = {
    states.DRAFT: "expire_draft",
    states.RETURNED: "expire_draft",
    states.PHOTO_DUE: "expire",
    states.COOLING_OFF: "cooled",
}
IS_CLOSED = _("The time ended on %(due)s. This order is being closed: nothing can be changed or sent any more")
# what the end of the time means elsewhere
MEANS: dict[str, Promise] = {
    states.PHONE_DUE: _(
        "The time ended on %(due)s. We are fetching the authority's last word; this page shows it once it is here"
    ),
    states.COOLING_OFF: _("The time ended on %(due)s. The cancellation goes out and cannot be stopped any more"),
}


class TimeOver(Exception):
    """A request about an order came after its deadline; `words` say so to its owner."""

    def __init__(self, order: Order, words: str) -> None:
        super().__init__(order.reference)
        self.order, self.words = order, words


def judge(order: Order, *, now: datetime | None = None) -> Order:
    """Close an order whose time ran out since the last sweep; the order as it then stands.

    One that was ever with the authority is left to the sweep, which fetches what the authority has decided first.
    """
    if not is_over(order, now=now) or order.state not in AT_ONCE or order.report:
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


def over_words(order: Order) -> str:
    """That the time of this order is over, since when, and what happens now; "" while it is not."""
    if order.due_at is None or not is_over(order):
        return ""
    return str(MEANS.get(order.state, IS_CLOSED) % {"due": long_words(order.due_at)})
