"""Builds a copy: one worker takes it, and another one if the first was killed."""

import uuid
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone, translation

from icpportal.alarms import rows
from icpportal.gateways.storage import StorageDown
from transfers.rights import export_files, messages
from transfers.rights.exports import archive, papers
from transfers.rights.models import DataExport

JOB = "rights.exports"
LEASE = timedelta(minutes=2)  # renewed with every document
TRIES_MAX = 3
READY = "data_export_ready"


def run(export_id: uuid.UUID | str, *, now: datetime | None = None) -> bool:
    """Builds this copy unless another worker does; a failure is set aside and retried by the sweep."""
    export = DataExport.objects.filter(pk=export_id, ready_at=None, failed_at=None).select_related("user").first()
    if export is None:
        return False
    loop = rows.Loop(JOB, only=str(export.pk))
    done = None if loop.waits(export.pk) else loop.attempt(export.pk, partial(build, export, now=now))
    loop.end()
    return bool(done)


def sweep(*, now: datetime | None = None) -> int:
    """Continues copies that a worker left or never began; returns how many are ready."""
    waiting = DataExport.objects.filter(ready_at=None, failed_at=None).select_related("user").order_by("asked_at")
    return len(rows.each(JOB, waiting, partial(build, now=now)).done)


def build(export: DataExport, *, now: datetime | None = None) -> bool:
    """Takes the copy and builds it from the start; returns False when another worker has it or it was abandoned."""
    now = now or timezone.now()
    lease = _take_lease(export, now)
    if lease is None:
        return False
    export_files.drop(export)  # the remains of an earlier attempt
    if not export.user.is_active:  # the account was closed in the meantime
        return export_files.forget(export) and False
    if export.tries > TRIES_MAX:
        return not _mine(export, lease).update(failed_at=now)
    try:
        _write(export, lease, now)
    except export_files.Overtaken:
        return False
    except StorageDown:  # an outage costs no attempt; the page still says that one was made
        _mine(export, lease).update(tries=Greatest(F("tries") - 1, 1))
        raise
    finally:  # whatever happened, the next attempt is not blocked
        _mine(export, lease).update(lease=None, leased_until=None)
    return True


def _take_lease(export: DataExport, now: datetime) -> uuid.UUID | None:
    """The lease under which this worker has it."""
    lease = uuid.uuid4()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    mine = DataExport.objects.filter(free, pk=export.pk, ready_at=None, failed_at=None)
    if not mine.update(lease=lease, leased_until=now + LEASE, tries=F("tries") + 1):
        return None
    export.refresh_from_db()
    return lease


def _mine(export: DataExport, lease: uuid.UUID) -> QuerySet[DataExport]:
    return export_files.taken_by(lease, export)


def _write(export: DataExport, lease: uuid.UUID, now: datetime) -> None:
    """Writes its parts and marks it as ready; raises `Overtaken`."""
    mine = partial(_mine, export, lease)
    with translation.override(export.language):  # file names are in the reader's language
        found = papers.of_account(export.user)
    name = export_files.new_name(now)

    def went_on(number: int) -> None:
        if not mine().update(done=number, leased_until=timezone.now() + LEASE):
            raise export_files.Overtaken

    if not mine().update(stored_name=name, parts=0, size=0, done=0, total=len(found) + 1):
        raise export_files.Overtaken
    target = export_files.Parts(name, lambda parts, size: bool(mine().update(parts=parts, size=size)))
    with translation.override(export.language):
        archive.write(export.user, found, target, went_on=went_on, now=now)
    target.finish()
    with transaction.atomic():
        if not mine().update(ready_at=now, done=F("total"), lease=None, leased_until=None):
            raise export_files.Overtaken
        _tell(export)
    for older in DataExport.objects.filter(user=export.user).exclude(pk=export.pk):
        export_files.forget(older)


def _tell(export: DataExport) -> None:
    """Tells the owner by mail and on the site; the link leads to the page, which asks for authentication."""
    facts = {"n": export_files.kept_for().days}
    messages.tell(export.user, READY, export.pk, page="data-export", context=facts)
