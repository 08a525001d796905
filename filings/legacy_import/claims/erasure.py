"""Erases from finished and abandoned claims what must not be kept any longer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from filings.models import LegacyClaim, LegacyClaimPaper
from filings.models.legacy_states import ACCEPTED, DECLINED, OPEN
from icpportal.alarms import rows
from verification.documents.actions import LIVING, retire
from verification.models import Document

PORTION = 500


def erase_old(*, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes documents and texts of claims answered or abandoned so long ago; returns how many.

    The claim and its dates stay.
    """
    now = now or timezone.now()
    old = _closed_claims(before=now - after)
    if dry_run:
        return old.count()
    done = rows.each("erase_claims", old, lambda claim: erase(claim, now=now), reference="reference", at_most=PORTION)
    return len(done.done)


def _closed_claims(*, before: datetime) -> QuerySet[LegacyClaim]:
    """Claims that nobody is working on and that still hold something; a declined one may have been sent again."""
    papers = LegacyClaimPaper.objects.filter(claim=OuterRef("pk"))
    holds = Q(erased_at=None) | Q(erased_at__lt=F("entered_at")) | Exists(papers.filter(document__state__in=LIVING))
    over = LegacyClaim.objects.filter(holds, state__in=(OPEN, ACCEPTED, DECLINED), entered_at__lt=before)
    return over.exclude(Exists(papers.filter(added_at__gte=before)))


def erase(claim: LegacyClaim, *, now: datetime | None = None) -> bool:
    """Deletes the claim's pictures with their keys, and what both sides wrote."""
    now = now or timezone.now()
    with transaction.atomic():
        # a concurrent `send` then fails and has to read it again
        LegacyClaim.objects.filter(pk=claim.pk).update(version=F("version") + 1)
        for document in Document.objects.filter(holder=claim.reference, state__in=LIVING):
            retire(document, now=now)
        Document.objects.filter(holder=claim.reference).update(display_name="")
        claim.events.update(note="", words="")
        as_read = LegacyClaim.objects.filter(pk=claim.pk, erased_at=claim.erased_at)
        return bool(as_read.update(words="", answer="", own_answer="", erased_at=now))
