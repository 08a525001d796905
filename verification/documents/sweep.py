"""Examines uploads whose task was lost, and deletes files that are due for deletion."""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from icpportal.alarms import leases, rows
from verification.documents.deletion import clear
from verification.documents.examination import LEASE, examine
from verification.models.documents import Document, DocumentState

logger = logging.getLogger(__name__)

EXAMINED = "documents.examined"  # the job name under which pictures are set aside
OVERDUE = timedelta(seconds=20)
BUDGET = timedelta(seconds=45)  # one sweep a minute: the next one does the rest
AT_ONCE = 100


@dataclass
class DocumentSweepResult:
    """Counts of one sweep."""

    found: int = 0
    ready: int = 0
    refused: int = 0
    waiting: int = 0
    again: int = 0
    nothing: int = 0
    failed: int = 0
    cleared: int = 0
    set_aside: int = 0  # failed in an earlier sweep; not yet due again

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def sweep_documents(now: datetime | None = None, *, dry_run: bool = False) -> DocumentSweepResult:
    """Examines again what has been checking for over 20 seconds, oldest first, and deletes due files."""
    loop = rows.Loop(EXAMINED)
    waiting = overdue(now, loop.left_alone())
    totals = DocumentSweepResult(found=len(waiting), set_aside=len(loop.left_alone()))
    if dry_run:
        return totals
    ends = time.monotonic() + BUDGET.total_seconds()
    for document_pk, reference in waiting:
        outcome = loop.attempt(document_pk, partial(examine, document_pk, now=now), reference=reference) or "failed"
        setattr(totals, outcome, getattr(totals, outcome) + 1)
        if outcome == "waiting" or time.monotonic() > ends:
            break  # scanner or storage is down for all of them
    loop.end()
    owed = Document.objects.filter(to_clear=True).order_by("decided_at")
    cleared = rows.each(
        "documents.cleared", owed, lambda document: clear(document.pk), reference="reference", at_most=AT_ONCE
    )
    totals.cleared, totals.failed = len(cleared.done), totals.failed + len(cleared.failed)
    return totals


def overdue(now: datetime | None, left_alone: list[str]) -> list[tuple[UUID, str]]:
    """Key and reference of documents whose examination is overdue, without those set aside."""
    free = leases.is_over("leased_until", LEASE, now=now)
    since = (now or timezone.now()) - OVERDUE
    late = Document.objects.filter(free, state=DocumentState.CHECKING, created_at__lte=since)
    return list(late.exclude(pk__in=left_alone).order_by("created_at").values_list("pk", "reference")[:AT_ONCE])


def to_examine() -> QuerySet[Document]:
    """Documents waiting for examination, oldest first, without those set aside."""
    waiting = Document.objects.filter(state=DocumentState.CHECKING).exclude(pk__in=rows.not_yet(EXAMINED))
    return waiting.order_by("created_at")
