"""The end of the access that an approved order brought: when, and with which cancellation."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from filings.models import Access
from filings.queries import live_accesses
from icpportal.database.row_reads import read_once
from transfers.models import Order
from transfers.orders import queries


@dataclass(frozen=True, slots=True)
class EndOfAccess:
    """When our access of a website ended, and the cancellation with which its owner ended it."""

    at: datetime
    cancellation: Order | None  # None: the authority ended it of its own accord


def end_of_access(order: Order) -> EndOfAccess | None:
    """The end of the access that the order brought; `None` while the domain is on file with us."""
    at = ended_at(order)
    if at is None or order.website_id is None:
        return None
    return EndOfAccess(at, queries.cancellation_of(order.owner, order.website_id))


def ended_at(order: Order) -> datetime | None:
    """When our access of the order's website ended; `None` while the domain is on file with us."""
    return read_once(order, "end of access", lambda: _ended_at(order))


def _ended_at(order: Order) -> datetime | None:
    if order.website_id is None or live_accesses().filter(website__domain=order.domain).exists():
        return None
    ours = Access.objects.filter(website=order.website_id, own=True)
    found: datetime | None = ours.aggregate(last=Max("ended_at"))["last"]
    return found
