"""Seals texts of events that an earlier version stored in plain, row by row, in batches.

The rows say which are left, so it may be stopped and run again, also while both versions run. Until then an event shows
its plain text (`LifecycleEvent.said`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet

from filings.models import LegacyClaimEvent
from icpportal.alarms import rows
from icpportal.lifecycle.models import LifecycleEvent
from icpportal.privacy.fields import seal_value
from transfers.models import OrderEvent
from transfers.orders.history import plain_words

BATCH = 500
Tell = Callable[[str], None]


@dataclass
class Totals:
    """Counts of one run."""

    sealed: int = 0
    failed: int = 0  # see the log


def count_plain() -> int:
    """How many events still have plain texts."""
    return sum(events.count() for events in _plain())


def seal(tell: Tell = lambda words: None) -> Totals:
    """Seals all of them."""
    totals, all_of_them = Totals(), count_plain()
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
    """Writes only if the row is as it was read: a concurrent erasure wins."""
    plain, event.words = event.note, event.note
    same = type(event)._default_manager.filter(pk=event.pk, note=plain)
    return same.update(note="", words=seal_value(event, "words"))
