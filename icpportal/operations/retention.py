"""Deletes personal data past its retention, by the table in the settings (`configuration/security.py`)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils import timezone

from filings.legacy_import.claims import erasure as claims
from icpportal.alarms import portions, rows
from icpportal.approvals.models import ApprovalRequest
from icpportal.audit import checkpoints
from icpportal.operations.cleanup import CleanupResult
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote, LegalHold
from transfers.models import CauseCancellation, ListExport, ParkedAnswer
from transfers.retention import erasure
from transfers.rights import export_files
from transfers.rights.models import CorrectionRequest

Job = Callable[..., int]


def _delete(of: Callable[[datetime], QuerySet], *, after: timedelta, now: datetime, dry_run: bool) -> int:
    return portions.delete(of(now - after), dry_run=dry_run)


def _messages(before: datetime) -> QuerySet[Message]:
    """Except those still owed."""
    return Message.objects.filter(created_at__lt=before, next_at=None)


def _looks(before: datetime) -> QuerySet[AccessNote]:
    return AccessNote.objects.filter(Q(last_at=None) | Q(last_at__lt=before), at__lt=before)


def _staff_log(*, after: timedelta, now: datetime, dry_run: bool) -> int:
    before = now - after
    kinds: tuple[QuerySet, ...] = (
        LogEntry.objects.filter(action_time__lt=before),
        ApprovalRequest.objects.exclude(outcome="").filter(ended_at__lt=before),
        LegalHold.objects.filter(lifted_at__lt=before),
        ParkedAnswer.objects.filter(closed_at__lt=before),
    )
    found = CauseCancellation.objects.filter(decided_at__lt=before).exclude(words="")  # the row says why
    emptied = found.count() if dry_run else found.update(words="")
    return emptied + sum(portions.delete(rows, dry_run=dry_run) for rows in kinds)


def _details(*, after: timedelta, now: datetime, dry_run: bool) -> int:
    """Including objections that belong to no order."""
    each = partial(erasure.objections, after=after), partial(erasure.details, filed=False, after=after)
    return sum(job(now=now, dry_run=dry_run) for job in each)


def _audit(*, after: timedelta, now: datetime, dry_run: bool) -> int:  # noqa: ARG001 -- it reads the setting itself
    return checkpoints.remove_old(now=now, dry_run=dry_run)


JOBS: dict[str, Job] = {
    "papers": partial(erasure.papers, filed=False),
    "filed_papers": partial(erasure.papers, filed=True),
    "details": _details,
    "filed_details": partial(erasure.details, filed=True),
    "consents": erasure.consents,
    "claims": claims.erase_old,
    "messages": partial(_delete, _messages),
    "own_copies": export_files.forget_old,
    "corrections": partial(_delete, lambda before: CorrectionRequest.objects.filter(closed_at__lt=before)),
    "exports": partial(_delete, lambda before: ListExport.objects.filter(asked_at__lt=before)),
    "looks": partial(_delete, _looks),
    "staff_log": _staff_log,
    "audit": _audit,
}
ELSEWHERE = {"reports"}  # `tidy` deletes these


def retain(*, now: datetime | None = None, dry_run: bool = False) -> CleanupResult:
    """Runs every job; a failing one stops no other, and each does at most a portion."""
    now = now or timezone.now()
    result, parts = CleanupResult(), rows.Parts("retain")
    for name, job in JOBS.items():
        after = timedelta(days=settings.RETENTION[name].days)
        done = parts.run(name, partial(job, after=after, now=now, dry_run=dry_run))
        if done is None:
            result.failed.append(name)
        else:
            result.done[name] = done
    return result
