"""Cancellations not yet sent: they go when the authority's id of the access arrives, and end when it has ended."""

from datetime import datetime

from icpportal.alarms import rows
from icpportal.lifecycle import AUTHORITY, MoveNotAllowed
from icpportal.outbox.actions import retry_now
from transfers.cancellation.deleted_filings import is_deleted
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER, has_changed


def send_or_close(now: datetime) -> rows.Ran[bool]:
    """Sends what can go now and closes what the authority has ended; returns the orders that failed."""
    known = queries.live_access(ministry_id__isnull=False)
    ready = queries.open_cancellations().filter(known, held=False)
    ended = queries.open_cancellations().exclude(queries.live_access())
    sent = rows.each("deadlines.leaving", ready, lambda order: _send(order, now), reference="reference")
    closed = rows.each("deadlines.access_ended", ended, lambda order: _close(order, now), reference="reference")
    return sent + closed


def _send(order: Order, now: datetime) -> bool:
    return bool(retry_now(f"report:{order.report_key}", now=now))


def _close(order: Order, now: datetime) -> bool:
    """Ends it, held or not: there is nothing left to report."""
    facts = {**queries.facts_of(order), "filing_deleted": is_deleted(order, order.authority_code)}
    try:
        ORDER.apply(order, "ended", by=AUTHORITY, facts=facts, columns={"held": False}, now=now)
    except MoveNotAllowed:
        if not has_changed(order):
            raise
        return False
    return True
