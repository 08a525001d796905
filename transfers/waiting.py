"""Cancellations that have not left: they go when the authority's id of their access comes, end when it ended."""

import logging
from datetime import datetime

from icpportal.lifecycle import AUTHORITY, Forbidden
from icpportal.outbox.actions import hurry
from transfers import queries
from transfers.firing import ORDER, overtaken
from transfers.models import Order

logger = logging.getLogger(__name__)


def look_after(now: datetime) -> int:
    """Send what can go now, close what the authority ended of its own accord; how many orders that were."""
    known = queries.live_access(ministry_id__isnull=False)
    ready = queries.leaving().filter(known, held=False)
    ended = queries.leaving().exclude(queries.live_access())
    sent = sum(hurry(f"report:{order.report_key}", now=now) for order in ready)
    return sent + sum(_close(order, now) for order in ended)


def _close(order: Order, now: datetime) -> bool:
    """What is held ends as well: there is nothing left to report."""
    try:
        ORDER.fire(order, "ended", by=AUTHORITY, facts=queries.facts_of(order), columns={"held": False}, now=now)
    except Forbidden:
        if not overtaken(order):
            logger.exception("cancellation not closed", extra={"reference": order.reference})
        return False
    return True
