"""Taking out of claims that were answered long ago what nobody may keep any longer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from filings.models import LegacyClaim
from filings.models.legacy_states import ACCEPTED, DECLINED
from icpportal.alarms import rows
from verification.documents.actions import LIVING, retire
from verification.models import Document

PORTION = 500


def erase_old(*, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete papers and words of claims answered so long ago; how many. The claim and its answer's moment stay."""
    now = now or timezone.now()
    old = LegacyClaim.objects.filter(state__in=(ACCEPTED, DECLINED), entered_at__lt=now - after, erased_at=None)
    if dry_run:
        return old.count()
    done = rows.each("erase_claims", old, lambda claim: erase(claim, now=now), reference="reference", at_most=PORTION)
    return len(done.done)


def erase(claim: LegacyClaim, *, now: datetime | None = None) -> bool:
    """Its papers go, with their keys, and the words on both sides."""
    now = now or timezone.now()
    with transaction.atomic():
        for document in Document.objects.filter(holder=claim.reference, state__in=LIVING):
            retire(document, now=now)
        claim.events.update(note="", words="")
        erased = LegacyClaim.objects.filter(pk=claim.pk, erased_at=None)
        return bool(erased.update(words="", answer="", own_answer="", erased_at=now))
