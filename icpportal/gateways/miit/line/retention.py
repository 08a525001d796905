"""Retention of files and answers: at least three months, then keys are destroyed; digests are erased earlier."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from icpportal.fields.types import Columns
from icpportal.gateways.miit.line import bodies
from icpportal.gateways.miit.line.file_encryption import destroy
from icpportal.gateways.miit.models import InboxFile, InboxState, Outcome, Report, ReportState, UploadFile

AT_ONCE = 500
PORTIONS = 10  # portions of each kind of file in one run
OVER = (ReportState.ANSWERED, ReportState.SUPERSEDED)
FORGOTTEN = {"body": None, "key": ""}
FORGOTTEN_UPLOAD = {**FORGOTTEN, "words": ""}  # the ministry's words about it may quote its content


@dataclass(frozen=True)
class ErasureResult:
    """How many rows lost their content."""

    uploads: int
    downloads: int
    reports: int
    answers: int = 0

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)


def erase_expired(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Destroys expired content and deletes its stored bodies; returns how many rows, for the hourly cleanup.

    Raises `StorageDown` while these cannot be deleted: they are unreadable already, and the next hour tries again.
    """
    forgot = forget(now=now, dry_run=dry_run)
    if not dry_run:
        bodies.drop_forgotten()
    return sum(forgot.as_dict().values())


def forget(*, now: datetime | None = None, dry_run: bool = False) -> ErasureResult:
    """Destroys key and body of old files, old answers, and contents of finished reports (`MIIT_FILES_KEPT`).

    A file on its way, and a download that is unprocessed or waits for people, stays at any age. Rows themselves stay.
    """
    before = (now or timezone.now()) - settings.MIIT_FILES_KEPT
    uploads = UploadFile.objects.filter(~Q(key=""), accepted_at__lt=before)
    downloads = InboxFile.objects.filter(~Q(key=""), received_at__lt=before, state=InboxState.PROCESSED)
    reports = Report.objects.filter(~Q(payload=""), state__in=OVER)
    answers = Outcome.objects.filter(~Q(payload=""), acknowledged_at__lt=before)
    return ErasureResult(
        uploads=_empty_all(uploads, FORGOTTEN_UPLOAD, dry_run),
        downloads=_empty_all(downloads, FORGOTTEN, dry_run),
        reports=_empty_all(reports, {"payload": ""}, dry_run),
        answers=_empty_all(answers, {"payload": ""}, dry_run),
    )


def _empty_all(rows: QuerySet, columns: Columns, dry_run: bool) -> int:
    if dry_run:
        return rows.count()
    return sum(_empty(rows.model.objects.filter(pk__in=chunk), columns) for chunk in _chunks(rows))


def _empty(rows: QuerySet, columns: Columns) -> int:
    with transaction.atomic():
        if "key" in columns:
            destroy(rows.values_list("key", flat=True))
        return rows.update(**columns)


def _chunks(rows: QuerySet) -> Iterator[list[int]]:
    """Some portions; the next hour does the rest."""
    for _ in range(PORTIONS):
        chunk = list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE])
        if not chunk:
            return
        yield chunk
