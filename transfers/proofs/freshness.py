"""How long confirmations stay valid in a draft: after 30 days a code or password must be confirmed again."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from transfers.models import Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.proofs import servers


def is_code_fresh(order: Order) -> bool:
    """Whether the service code counts: bound, its server's place known, and in a draft confirmed recently."""
    is_known = servers.is_placed(order) or not order.is_editable
    return bool(order.service_code) and is_known and is_fresh(order, order.code_confirmed_at)


def is_password_fresh(order: Order) -> bool:
    """Whether the filing password counts: its digest is kept, and in a draft it was confirmed recently."""
    return order.password_kept and is_fresh(order, order.password_confirmed_at)


def is_fresh(order: Order, confirmed_at: datetime | None) -> bool:
    """Whether `confirmed_at` (or the draft's beginning) is less than 30 days ago; a submitted order does not age."""
    if not is_in(order, Group.PROOFS_EXPIRE):
        return True
    return timezone.now() < (confirmed_at or order.entered_at) + settings.CONFIRMED_FOR


def asked_again(order: Order, step: str) -> bool:
    """Whether this page was confirmed once and must be confirmed again."""
    return step in ONCE and ONCE[step][0](order) and not ONCE[step][1](order)


ONCE = {
    "service_code": (lambda order: bool(order.service_code), is_code_fresh),
    "filing_password": (lambda order: order.password_kept, is_password_fresh),
}
