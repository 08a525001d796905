"""Outcomes for the portal: one row each, delivered until acknowledged."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from icpportal.alarms import rows
from icpportal.gateways.miit import models
from icpportal.gateways.miit.line.serialization import record_from, seal_value, struck_from, unseal_value
from icpportal.gateways.miit.types import TAKEN, Answer, AnswerKind, FiledRecord, StruckRecord

SETTLED = timedelta(minutes=30)  # after which a report sent again counts as accepted for good
AT_ONCE = 1000  # delivered at once; the rest follows when these are acknowledged
READ = "answers.read"  # the job name under which unreadable outcomes are set aside


def record(
    kind: AnswerKind,
    *,
    once: str,
    report: models.Report | None,
    file: models.InboxFile | None = None,
    at: datetime | None = None,
    **answer_fields: Any,
) -> models.Outcome | None:
    """Writes one outcome, or nothing (`None`) when `once` exists already; call it in the caller's transaction.

    `answer_fields` are those of `types.Answer` that this kind has: `code`, `words`, `record`, …
    """
    payload = seal_value({name: _plain(value) for name, value in answer_fields.items()}, bound_to=_place(once))
    outcome, created = models.Outcome.objects.get_or_create(
        once=once,
        defaults={"kind": kind, "report": report, "file": file, "at": at or timezone.now(), "payload": payload},
    )
    return outcome if created else None


def record_accepted(report: models.Report, *, sent_at: datetime, sequence: int) -> models.Outcome | None:
    """The authority accepted this report; repeating it tells nothing new, unless the report had failed since.

    If its answer came first, the receipt is no news. The receipt of a report that waited for another decision is
    delivered when the authority has not postponed it again for half an hour.
    """
    if models.Report.objects.filter(pk=report.pk, state=models.ReportState.ANSWERED).exists():
        return None
    is_news = models.Outcome.objects.filter(report=report, kind__in=PUT_OFF).exists()
    once = f"accepted:{report.key}:{sequence}" if is_news else f"accepted:{report.key}"
    return record(AnswerKind.ACCEPTED, once=once, report=report, at=sent_at, sent_at=sent_at)


PUT_OFF = (AnswerKind.REPORT_FAILED, AnswerKind.WAITS)


def withdraw_receipt(report: models.Report) -> None:
    """It was postponed before its receipt was delivered: nobody is asked to verify phones for nothing."""
    receipts = models.Outcome.objects.filter(report=report, kind=AnswerKind.ACCEPTED, acknowledged_at__isnull=True)
    receipts.update(acknowledged_at=timezone.now())


def _not_settled(now: datetime) -> Q:
    """Receipts of reports that may be postponed again in a moment, as before."""
    put_off = models.Outcome.objects.filter(report=OuterRef("report"), kind=AnswerKind.WAITS)
    return Q(Exists(put_off), kind=AnswerKind.ACCEPTED, at__gt=now - SETTLED)


def tell_record_again(report: models.Report) -> None:
    """A record that came before the grant found no register to fill: delivers it again after the grant."""
    early = _unforgotten().filter(report=report, kind=AnswerKind.RECORD).order_by("-pk").first()
    if early is None:
        return
    payload = unseal_value(early.payload, bound_to=_place(early.once))
    once = f"record-again:{report.key}"
    record(
        AnswerKind.RECORD, once=once, report=report, file=early.file, at=early.at, record=record_from(payload["record"])
    )


def waiting() -> list[Answer]:
    """Unacknowledged outcomes, oldest first; an unreadable one is set aside and blocks no other."""
    left_alone = rows.not_yet(READ, TAKEN)
    owed = models.Outcome.objects.filter(acknowledged_at__isnull=True).exclude(pk__in=left_alone)
    owed = owed.exclude(_not_settled(timezone.now()))
    loop = rows.Loop(READ)
    read: list[Answer] = []
    for row in owed.select_related("report").order_by("pk")[:AT_ONCE]:
        answer = loop.attempt(row.pk, partial(_answer_of, row), reference=row.report.key if row.report else row.once)
        if answer:
            read.append(answer)
    loop.end()
    return read


def outcome_of(answer_id: str) -> Answer | None:
    """An outcome, acknowledged or not; `None` for an unknown id, or after its retention."""
    row = _unforgotten().filter(pk=answer_id).select_related("report").first() if answer_id.isdigit() else None
    return _answer_of(row) if row else None


def record_of(report_key: str) -> Answer | None:
    """The newest record that names this report's access, acknowledged or not."""
    rows = _unforgotten().filter(report__key=report_key, kind=AnswerKind.RECORD).select_related("report")
    row = rows.order_by("-pk").first()
    return _answer_of(row) if row else None


def acknowledge(answer_id: str) -> None:
    """Ends the delivery of an outcome; idempotent."""
    models.Outcome.objects.filter(pk=answer_id, acknowledged_at__isnull=True).update(acknowledged_at=timezone.now())


def _unforgotten() -> QuerySet[models.Outcome]:
    """Those whose content was not forgotten (`retention.py`)."""
    return models.Outcome.objects.exclude(payload="")


def _place(once: str) -> str:
    return f"miit.outcome:{once}"


def _plain(value: Any) -> Any:
    if isinstance(value, FiledRecord | StruckRecord):
        return asdict(value)
    return value.isoformat() if isinstance(value, datetime) else value


READERS: dict[str, Callable[[Any], Any]] = {"record": record_from, "struck": struck_from, "sent_at": parse_datetime}


def _answer_of(row: models.Outcome) -> Answer:
    payload = unseal_value(row.payload, bound_to=_place(row.once))
    fields = {name: READERS[name](value) if name in READERS else value for name, value in payload.items()}
    key = row.report.key if row.report else ""
    return Answer(id=str(row.pk), kind=AnswerKind(row.kind), report_key=key, at=row.at, **fields)
