"""Runs imports record by record, each in one transaction, so that a killed run continues where it stopped.

Several workers on one import do no harm: the first to mark a record imports it, the others find it done.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from filings.actions import OnFileInOtherAccount, UnderOtherDocument, record_import
from filings.legacy_import import comparison
from filings.legacy_import.lifecycle import IMPORT
from filings.models import LegacyImport, LegacyImportItem, LegacyRecord
from filings.models import legacy_states as states
from icpportal.alarms import rows
from icpportal.lifecycle import CLOCK, MoveNotAllowed
from icpportal.privacy.crypto import KeyMissing, Unreadable

logger = logging.getLogger(__name__)

TRIES_MAX = 3  # runs of a record that began and never finished
WORK_MAX = timedelta(seconds=200)  # a task is stopped at 270; the sweep goes on with the rest
BROKEN = (Unreadable, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


@dataclass
class ImportSweepResult:
    """How many imports finished, could not continue, or stayed set aside from an earlier sweep."""

    finished: int = 0
    failed: int = 0
    set_aside: int = 0


def sweep(*, now: datetime | None = None) -> ImportSweepResult:
    """Continues every running import, oldest first; one that fails does not stop the others."""
    ends = timezone.now() + WORK_MAX
    running = LegacyImport.objects.filter(state=states.RUNNING).order_by("entered_at")
    ran = rows.each(
        "imports.run",
        running,
        lambda legacy_import: run(legacy_import.pk, ends=ends, now=now),
        reference="reference",
        goes_on=lambda: timezone.now() < ends,
    )
    return ImportSweepResult(len(ran.done), len(ran.failed), ran.waiting)


def run(import_id: UUID | str, *, ends: datetime | None = None, now: datetime | None = None) -> bool:
    """Imports waiting records until `ends`; returns True when this run finished the import."""
    legacy_import = LegacyImport.objects.select_related("owner").filter(pk=import_id, state=states.RUNNING).first()
    if legacy_import is None:
        return False
    ends = ends or timezone.now() + WORK_MAX
    loop = rows.Loop("imports.records")
    for item in _waiting(legacy_import):
        if timezone.now() >= ends:
            break
        if not loop.waits(item.pk):
            bring = partial(_bring, legacy_import, item, now or timezone.now())
            loop.attempt(item.pk, bring, reference=legacy_import.reference)
    loop.end()
    return not _waiting(legacy_import).exists() and _finish(legacy_import, now)


def _waiting(legacy_import: LegacyImport) -> QuerySet[LegacyImportItem]:
    return LegacyImportItem.objects.filter(legacy_import=legacy_import, outcome="").order_by("pk")


def _bring(legacy_import: LegacyImport, item: LegacyImportItem, now: datetime) -> None:
    waiting = LegacyImportItem.objects.filter(pk=item.pk, outcome="")
    if not waiting.update(tries=F("tries") + 1):
        return
    if item.tries >= TRIES_MAX:
        waiting.update(outcome=states.UNREADABLE, done_at=now)
        return
    try:
        with transaction.atomic():
            if waiting.update(done_at=now):  # locks the row: no other worker imports this record
                outcome = _import_record(legacy_import, item, now)
                waiting.update(outcome=outcome)
                if outcome in states.CAME_OVER:
                    LegacyRecord.objects.filter(pk=item.record_id).update(imported_at=now)
    except IntegrityError:  # the same site was written concurrently: the next run finds it here
        logger.warning("record waits", extra={"reference": legacy_import.reference})
    except KeyMissing:  # the record is not at fault: the attempt does not count
        waiting.update(tries=F("tries") - 1)
        raise
    except BROKEN:
        logger.exception("record not imported", extra={"reference": legacy_import.reference})
        waiting.update(outcome=states.UNREADABLE, done_at=now)


def _import_record(legacy_import: LegacyImport, item: LegacyImportItem, now: datetime) -> str:
    """Writes one record into the register and returns the outcome."""
    record = LegacyRecord.objects.get(pk=item.record_id)  # read again: a newer dump may have changed it
    if record.account_id != legacy_import.account_id or record.imported_at is not None:
        return states.ELSEWHERE
    comparison.answers_of(record)  # raises when its key is missing, which the preview takes for damage
    site = _as_found(legacy_import, record)
    if site not in comparison.PICKED:
        return site
    keep = [
        *(["subject"] if record.subject_key in legacy_import.keep_here else []),
        *(["website"] if item.keep_here else []),
    ]
    try:
        with transaction.atomic():
            record_import(key=f"import:{record.pk}", owner=legacy_import.owner, record=record, keep=keep, now=now)
    except OnFileInOtherAccount:
        return states.ELSEWHERE
    except UnderOtherDocument:
        return states.OTHER_DOCUMENT
    if site == states.KEPT_HERE and not item.keep_here:
        return states.NEW
    return site


def _as_found(legacy_import: LegacyImport, record: LegacyRecord) -> str:
    found = comparison.preview(legacy_import.owner, legacy_import.account_id, only=record.pk)
    return found[0].sites[0].how if found else states.NEW


def _finish(legacy_import: LegacyImport, now: datetime | None) -> bool:
    facts = counts(legacy_import)
    try:
        IMPORT.apply(legacy_import, "finish", by=CLOCK, facts=facts, columns={"holds": _holds(legacy_import)}, now=now)
    except MoveNotAllowed:  # another worker was faster
        return False
    logger.info("import finished", extra={"reference": legacy_import.reference, **facts})
    return True


def counts(legacy_import: LegacyImport) -> dict[str, int]:
    """How many records were imported, and how many were not."""
    outcomes = list(LegacyImportItem.objects.filter(legacy_import=legacy_import).values_list("outcome", flat=True))
    succeeded = sum(outcome in states.CAME_OVER for outcome in outcomes)
    return {"n": succeeded, "m": len(outcomes) - succeeded}


def _holds(legacy_import: LegacyImport) -> bool:
    """A failed import releases the old account, so that another user can claim it."""
    return LegacyImportItem.objects.filter(legacy_import=legacy_import, outcome__in=states.CAME_OVER).exists()
