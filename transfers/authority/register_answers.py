"""The authority's unsolicited answers about filings: they update the register and grant no order."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from filings import authority_records
from icpportal.gateways.miit.types import Answer, AnswerKind
from transfers.authority import ended_accesses
from transfers.cancellation import pending as waiting


def take_record(answer: Answer, now: datetime) -> None:
    """Updates the register from a filing as the authority has it. It grants nothing: only a result does."""
    if answer.record is None:
        raise ValueError("a record without a record")
    with transaction.atomic():
        authority_records.take_record(
            answer.record, provider=settings.MIIT_ISP_ID, report_key=answer.report_key, at=answer.at
        )
        ended_accesses.tell_ended(authority_records.NOT_ON_RECORD, answer.at)
    waiting.send_or_close(now)


def take_struck(answer: Answer, now: datetime) -> None:
    """Ends in the register what was struck off, and cancellations that wait for just that."""
    if answer.struck is None:
        raise ValueError("struck off, and nothing said what")
    with transaction.atomic():
        if authority_records.take_struck(answer.struck, now=now):
            ended_accesses.tell_ended(authority_records.STRUCK_OFF, now)
            ended_accesses.tell_deleted(now)
    waiting.send_or_close(now)


TAKE: dict[str, Callable[[Answer, datetime], None]] = {
    AnswerKind.RECORD: take_record,
    AnswerKind.STRUCK: take_struck,
}
