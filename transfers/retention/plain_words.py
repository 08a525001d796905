"""Words of events that an earlier version wrote as they were: each is sealed in its row, in batches.

The rows say which are left, so it may be stopped anywhere and run again, also while both versions run. Until its turn
an event shows the words that lie plain (`LifecycleEvent.said`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet

from filings.models import LegacyClaimEvent
from icpportal.alarms import rows
from icpportal.lifecycle.models import LifecycleEvent
from icpportal.privacy.fields import sealed
from transfers.models import OrderEvent
from transfers.orders.history import plain_words

BATCH = 500
Tell = Callable[[str], None]


@dataclass
class Totals:
    """What one run came to."""

    sealed: int = 0
    failed: int = 0  # see the log


def left() -> int:
    """How many events have words that lie plain."""
    return sum(events.count() for events in _plain())


def seal(tell: Tell = lambda words: None) -> Totals:
    """Seal the words of all of them."""
    totals, all_of_them = Totals(), left()
    loop = rows.Loop("events.sealed", noted=False)
    for events in _plain():
        after = 0
        while batch := list(events.filter(pk__gt=after).order_by("pk")[:BATCH]):
            for event in batch:
                done = loop.attempt(event.pk, partial(_seal, event), reference=f"{event._meta.label} {event.pk}")
                totals.sealed, totals.failed = totals.sealed + (done or 0), totals.failed + (done is None)
            after = batch[-1].pk
            tell(f"{totals.sealed} of {all_of_them}")
    return totals


def _plain() -> list[QuerySet]:
    return [plain_words(OrderEvent.objects.all()), LegacyClaimEvent.objects.exclude(note="")]


def _seal(event: LifecycleEvent) -> int:
    """Only where the row is still as it was read: an erasure that comes between wins."""
    plain, event.words = event.note, event.note
    same = type(event)._default_manager.filter(pk=event.pk, note=plain)
    return same.update(note="", words=sealed(event, "words"))
