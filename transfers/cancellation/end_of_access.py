"""The end of the access that an approved order brought: when, and with which cancellation."""

from datetime import datetime

from django.db.models import Max

from filings.models import Access
from filings.queries import live_accesses
from transfers.models import Order
from transfers.orders import queries


def ended_at(order: Order) -> datetime | None:
    """When our access of the order's website ended; `None` while the domain is on file with us."""
    if order.website_id is None or live_accesses().filter(website__domain=order.domain).exists():
        return None
    ours = Access.objects.filter(website=order.website_id, own=True)
    found: datetime | None = ours.aggregate(last=Max("ended_at"))["last"]
    return found


def ended_by(order: Order) -> Order | None:
    """The cancellation with which its owner ended it; `None` if the authority did so of its own accord."""
    return queries.cancellation_of(order.owner, order.website_id) if order.website_id else None
