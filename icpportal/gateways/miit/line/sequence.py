"""The numbered files of an ispId: number and sealed bytes are stored together, sent until accepted, never skipped."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from icpportal.fields.types import Column
from icpportal.gateways.miit.client.crypto import PackedDocument
from icpportal.gateways.miit.codes.return_codes import Way
from icpportal.gateways.miit.line import bodies, outcome_queue, polling
from icpportal.gateways.miit.line.file_encryption import destroy, open_body, seal_body
from icpportal.gateways.miit.line.lease import Lease, LeaseLost
from icpportal.gateways.miit.line.line_state import RESTED
from icpportal.gateways.miit.models import STORED, TO_STORE, MinistryLine, Report, ReportState, UploadFile

logger = logging.getLogger(__name__)


def place(isp_id: int, sequence: int) -> str:
    """What body and key of this file are bound to."""
    return f"miit.upload:{isp_id}:{sequence}"


def on_its_way(isp_id: int) -> UploadFile | None:
    """The one file that has a number and is not accepted yet."""
    return UploadFile.objects.select_related("report").filter(isp_id=isp_id, accepted_at__isnull=True).first()


def read_stored(file: UploadFile) -> PackedDocument:
    """The stored file; raises `Forgotten`, `Unreadable`, or `StorageDown`."""
    body = open_body(
        bodies.sealed_body(file) if file.key else None, file.key, bound_to=place(file.isp_id, file.sequence)
    )
    return PackedDocument(file.name, body, file.digest)


def number(lease: Lease, row: Report, packed: PackedDocument, sequence: int, *, now: datetime) -> UploadFile | None:
    """Gives the report its number and stores the bytes, both or neither; `None` when it is no longer queued."""
    try:
        with transaction.atomic():
            lease.renew()
            if not MinistryLine.objects.filter(pk=lease.isp_id, last_sequence=sequence - 1).exists():
                raise LeaseLost("the last number is another one now")
            waiting = Report.objects.filter(pk=row.pk, state=ReportState.QUEUED)
            if not waiting.update(state=ReportState.NUMBERED, field="", reason=""):
                return None
            return _keep(lease.isp_id, row, packed, sequence, made_at=now)
    except IntegrityError as taken:  # a constraint allows one file on its way
        raise LeaseLost("another file is on its way") from taken


def _keep(isp_id: int, row: Report, packed: PackedDocument, sequence: int, **columns: Column) -> UploadFile:
    """The row of a numbered file, with its bytes sealed."""
    body, key = seal_body(packed.body, bound_to=place(isp_id, sequence))
    known = {"isp_id": isp_id, "sequence": sequence, "report": row, "name": packed.name, "digest": packed.digest}
    return UploadFile.objects.create(**known, body=body, key=key, **columns)


def replace(lease: Lease, file: UploadFile, packed: PackedDocument, *, now: datetime) -> None:
    """Stores other bytes under the same number, for a file that was never accepted."""
    fresh = {"made_at": now, "sent_at": None, "tries": 0, "code": "", "words": ""}
    with transaction.atomic():
        lease.renew()
        rows = UploadFile.objects.filter(pk=file.pk, accepted_at__isnull=True)
        destroy(rows.values_list("key", flat=True))
        body, key = seal_body(packed.body, bound_to=place(file.isp_id, file.sequence))
        if not rows.update(name=packed.name, digest=packed.digest, body=body, key=key, **fresh):
            raise LeaseLost("the file was accepted meanwhile")


def release(lease: Lease, file: UploadFile, *, last: int, now: datetime) -> None:
    """The ministry has a foreign file under this number: the report waits for another one, after `last`."""
    with transaction.atomic():
        lease.renew()
        rows = UploadFile.objects.filter(pk=file.pk, accepted_at__isnull=True)
        destroy(rows.values_list("key", flat=True))
        if not rows.delete()[0]:
            raise LeaseLost("the file was accepted meanwhile")
        Report.objects.filter(pk=file.report_id, state=ReportState.NUMBERED).update(
            state=ReportState.QUEUED, next_at=file.report.queued_at
        )
        MinistryLine.objects.filter(pk=file.isp_id).update(last_sequence=last)
    logger.warning("number given up", extra={"isp": file.isp_id, "sequence": file.sequence, "last": last})


def note_sending(file: UploadFile, *, now: datetime) -> None:
    """From here on it may have arrived: the next round asks before sending it again."""
    file.sent_at = now
    UploadFile.objects.filter(pk=file.pk).update(sent_at=now, tries=F("tries") + 1)


def note_code(file: UploadFile, code: int, words: str, *, arrived: bool | None = None) -> None:
    """Records the return code; with `arrived=False` it certainly did not arrive, and `sent_at` restarts."""
    columns: dict[str, Column] = {"code": str(code), "words": words[:500]}
    if arrived is False:
        file.sent_at = columns["sent_at"] = None
    UploadFile.objects.filter(pk=file.pk, accepted_at__isnull=True).update(**columns)


def note_missed(file: UploadFile) -> None:
    """Records that it did not arrive."""
    file.sent_at = None
    UploadFile.objects.filter(pk=file.pk, accepted_at__isnull=True).update(sent_at=None)


def note_heard(isp_id: int, *, now: datetime) -> None:
    """The ministry has just named its last number, and it matches ours."""
    MinistryLine.objects.filter(pk=isp_id).update(number_heard_at=now)


def note_last(isp_id: int, sequence: int, *, now: datetime) -> None:
    """The ministry's last number is this one, and so is ours."""
    MinistryLine.objects.filter(pk=isp_id).update(last_sequence=sequence, number_heard_at=now)


def take_over(lease: Lease, row: Report, packed: PackedDocument, sequence: int, *, now: datetime) -> None:
    """The ministry has this report under a number unknown to a restored backup: as if we had sent it now."""
    with transaction.atomic():
        lease.renew()
        queued = Report.objects.filter(pk=row.pk, state=ReportState.QUEUED)
        if not queued.update(state=ReportState.ACCEPTED, field="", code="", reason=""):
            raise LeaseLost("the report moved meanwhile")
        _keep(lease.isp_id, row, packed, sequence, made_at=now, sent_at=now, accepted_at=now, code="0")
        outcome_queue.record_accepted(row, sent_at=now, sequence=sequence)
    logger.info("file accepted before the restore", extra={"isp": lease.isp_id, "sequence": sequence})


def accept(file: UploadFile, *, now: datetime) -> bool:
    """The ministry has it: file, line, report and outcome in one transaction. Returns False the second time."""
    sent_at = file.sent_at or now
    with transaction.atomic():
        rows = UploadFile.objects.filter(pk=file.pk, accepted_at__isnull=True)
        if not rows.update(accepted_at=now, sent_at=sent_at, code="0", words=""):
            return False
        columns = {**RESTED[Way.SENDING], **polling.news(now), "number_heard_at": now}
        MinistryLine.objects.filter(pk=file.isp_id).update(last_sequence=file.sequence, sent_at=sent_at, **columns)
        Report.objects.filter(pk=file.report_id, state=ReportState.NUMBERED).update(state=ReportState.ACCEPTED)
        outcome_queue.record_accepted(file.report, sent_at=sent_at, sequence=file.sequence)
    logger.info("file accepted", extra={"isp": file.isp_id, "sequence": file.sequence, "tries": file.tries + 1})
    return True


def answered_files(isp_id: int, numbers: Collection[int]) -> tuple[int, ...]:
    """Those of these files whose report the authority has answered: it certainly had them."""
    rows = UploadFile.objects.filter(isp_id=isp_id, sequence__in=list(numbers), report__state=ReportState.ANSWERED)
    return tuple(rows.order_by("sequence").values_list("sequence", flat=True))


def accepted_files(isp_id: int, sequences: Collection[int]) -> list[UploadFile] | None:
    """Our accepted files with these numbers in order; `None` unless all are here with their bytes."""
    rows = UploadFile.objects.filter(
        TO_STORE | STORED, isp_id=isp_id, sequence__in=list(sequences), accepted_at__isnull=False
    ).exclude(key="")
    found = list(rows.order_by("sequence"))
    return found if len(found) == len(set(sequences)) else None
