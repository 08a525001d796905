"""How long what was confirmed stands in a draft: after 30 days a code or password is asked again, the draft is kept."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from transfers.models import Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.proofs import servers


def is_code_fresh(order: Order) -> bool:
    """Whether the service code counts: bound, of a server whose place is known, in a draft confirmed lately enough."""
    is_known = servers.is_placed(order) or not order.is_editable
    return bool(order.service_code) and is_known and is_fresh(order, order.code_confirmed_at)


def is_password_fresh(order: Order) -> bool:
    """Whether the filing password counts: its fingerprint is kept, and in a draft it was confirmed lately enough."""
    return order.password_kept and is_fresh(order, order.password_confirmed_at)


def is_fresh(order: Order, confirmed_at: datetime | None) -> bool:
    """Whether `confirmed_at` (or the beginning of the draft) is less than 30 days ago; an order that was sent rests."""
    if not is_in(order, Group.PROOFS_EXPIRE):
        return True
    return timezone.now() < (confirmed_at or order.entered_at) + settings.CONFIRMED_FOR


def asked_again(order: Order, step: str) -> bool:
    """Whether this page was confirmed once and has to be confirmed anew."""
    return step in ONCE and ONCE[step][0](order) and not ONCE[step][1](order)


ONCE = {
    "service_code": (lambda order: bool(order.service_code), is_code_fresh),
    "filing_password": (lambda order: order.password_kept, is_password_fresh),
}
