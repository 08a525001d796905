"""Which reports wait for a number, which cannot be sent, and which are sent again."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from icpportal.fields.types import Columns
from icpportal.gateways.miit import models
from icpportal.gateways.miit.codes.processing_codes import in_review
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.line.serialization import seal_value
from icpportal.gateways.miit.models import ReportState
from icpportal.gateways.miit.outgoing import succession
from icpportal.gateways.miit.outgoing.file_builder import place
from icpportal.gateways.miit.types import AnswerKind, Report, reference_of, refuse_faults

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
TROUBLE = timedelta(minutes=2)  # a storage that is down is not asked again at once
# "nobody's fault": pauses before the report is sent again, and after how many times to stop
AGAIN = (HOUR / 6, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR)
# another decision is pending: 20 working days, the longest holidays, and some days more
IN_REVIEW = (*AGAIN[:4], *(timedelta(days=1),) * 45)
GIVEN_UP = "the authority asked for the same report again and again"
OURS = 3  # attempts at a number of our own: from its key, then from the clock


def queue(report: Report) -> models.Report:
    """The queued row of this report; one row for each key for ever. Makes no call and reads no picture.

    Supersedes an earlier report of the order without a number; after a grant this one is superseded itself. Raises
    `Refused` when V3.0 cannot express it.
    """
    refuse_faults(report)
    columns = {
        "kind": report.kind.value,
        "reference": reference_of(report.key),
        "site_number": getattr(report, "site_number", ""),
        "access_id": getattr(report, "access_id", None),
        "payload": seal_value(report, bound_to=place(report.key)),
    }
    own_ids = (models.own_id_of(report.key), *(models.new_own_id() for _ in range(OURS - 1)))
    for left, own_id in zip(reversed(range(OURS)), own_ids, strict=True):
        try:
            with transaction.atomic():
                return _add(report.key, {**columns, "own_id": own_id})
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("unreachable")


def _add(key: str, columns: Columns) -> models.Report:
    row, created = models.Report.objects.get_or_create(key=key, defaults=columns)
    if created:
        succession.supersede(row.reference, kind=row.kind, but=row)
        if succession.has_grant(row):
            succession.supersede(row.reference, kind=row.kind)
        elif earlier := succession.waits_for(row):
            row.reason = f"waits for the answer to {earlier.key}"
            row.save(update_fields=["reason"])
    return row


def next_due(now: datetime) -> models.Report | None:
    """The longest-waiting report that may be sent now."""
    rows = succession.free_to_go(models.Report.objects.filter(state=ReportState.QUEUED, next_at__lte=now))
    return rows.order_by("next_at", "id").first()


def put_off(row: models.Report, why: str, *, until: datetime) -> None:
    """Postpones it for a reason that may pass; others go first."""
    rows = models.Report.objects.filter(pk=row.pk, state=ReportState.QUEUED)
    rows.update(next_at=until, reason=why[:500])
    logger.warning("report put off", extra={"reference": row.reference, "until": until.isoformat()})


def park(
    row: models.Report, reason: str, *, now: datetime, field: str = "", code: str = "", since: str = ReportState.QUEUED
) -> bool:
    """Parks a report without a number and tells its order that it is held. Returns False if it changed `since`."""
    columns = {"state": ReportState.PARKED, "field": field[:120], "code": code[:10], "reason": reason[:500]}
    with transaction.atomic():
        if not models.Report.objects.filter(pk=row.pk, state=since).update(**columns):
            return False
        words = f"{field}: {reason}" if field else reason
        once = f"parked:{row.key}:{now:%Y%m%d%H%M%S%f}"
        outcome_queue.record(AnswerKind.REPORT_FAILED, once=once, report=row, at=now, code=code, words=words)
    logger.error("report parked", extra={"reference": row.reference, "field": field, "returned": code})
    return True


def park_unfit(row: models.Report, unfit: NotEncodable, *, now: datetime) -> bool:
    """Parks a report whose document must not be sent."""
    return park(row, str(unfit), now=now, field=unfit.field, code=unfit.code or "5001")


def unpark(row: models.Report, *, now: datetime) -> bool:
    """Releases a parked report. Returns False when it is not parked."""
    rows = models.Report.objects.filter(pk=row.pk, state=ReportState.PARKED)
    return bool(rows.update(state=ReportState.QUEUED, next_at=now, field="", code="", reason="", tries=0))


def retry(row: models.Report, codes: str, not_before: datetime | None = None, *, now: datetime | None = None) -> bool:
    """ "Nobody's fault": sends an accepted report again under a new number with the same own id, later each time.

    For as long as a review takes when one of `codes`, now or earlier, waits for another decision. After the last time
    it is parked with the first such code, and operations are alarmed. Returns False when it was not accepted, so that
    repeating is harmless, and when a later report of its order is sent instead.
    """
    now = now or timezone.now()
    if succession.give_way(row):
        return False
    all_codes = f"{row.code} {codes}"
    first = in_review(all_codes, row.kind) or all_codes.split()[0]
    patience = IN_REVIEW if in_review(first, row.kind) else AGAIN
    if row.tries >= len(patience):
        park(row, GIVEN_UP, now=now, code=first, since=ReportState.ACCEPTED)
        return False
    earliest = now + patience[row.tries]
    next_at = max(earliest, not_before) if not_before else earliest
    rows = models.Report.objects.filter(pk=row.pk, state=ReportState.ACCEPTED, tries=row.tries)
    return bool(rows.update(state=ReportState.QUEUED, tries=row.tries + 1, next_at=next_at, code=first))
