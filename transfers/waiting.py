"""Cancellations that have not left: they go when the authority's id of their access comes, end when it ended."""

from datetime import datetime

from icpportal.alarms import rows
from icpportal.lifecycle import AUTHORITY, Forbidden
from icpportal.outbox.actions import hurry
from transfers import queries
from transfers.firing import ORDER, overtaken
from transfers.models import Order


def look_after(now: datetime) -> rows.Ran[bool]:
    """Send what can go now, close what the authority ended of its own accord; which orders failed."""
    known = queries.live_access(ministry_id__isnull=False)
    ready = queries.leaving().filter(known, held=False)
    ended = queries.leaving().exclude(queries.live_access())
    sent = rows.each("deadlines.leaving", ready, lambda order: _send(order, now), reference="reference")
    closed = rows.each("deadlines.access_ended", ended, lambda order: _close(order, now), reference="reference")
    return sent + closed


def _send(order: Order, now: datetime) -> bool:
    return bool(hurry(f"report:{order.report_key}", now=now))


def _close(order: Order, now: datetime) -> bool:
    """What is held ends as well: there is nothing left to report."""
    try:
        ORDER.fire(order, "ended", by=AUTHORITY, facts=queries.facts_of(order), columns={"held": False}, now=now)
    except Forbidden:
        if not overtaken(order):
            raise
        return False
    return True
