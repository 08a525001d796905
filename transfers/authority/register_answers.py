"""The authority's unsolicited answers about filings: they update the register and grant no order."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from filings import authority_records
from filings.models import Access
from icpportal.gateways.miit.types import Answer, AnswerKind, reference_of
from icpportal.lifecycle import AUTHORITY
from transfers.cancellation import pending as waiting
from transfers.models import Order
from transfers.orders.machine import note

ACCESS_ENDED = "access_ended"


def take_record(answer: Answer, now: datetime) -> None:
    """Updates the register from a filing as the authority has it. It grants nothing: only a result does."""
    if answer.record is None:
        raise ValueError("a record without a record")
    authority_records.take_record(
        answer.record, provider=settings.MIIT_ISP_ID, report_key=answer.report_key, at=answer.at
    )
    _note_ended(authority_records.NOT_ON_RECORD, answer.at)
    waiting.send_or_close(now)


def take_struck(answer: Answer, now: datetime) -> None:
    """Ends in the register what was struck off, and cancellations that wait for just that."""
    if answer.struck is None:
        raise ValueError("struck off, and nothing said what")
    if authority_records.take_struck(answer.struck, now=now):
        _note_ended(authority_records.STRUCK_OFF, now)
    waiting.send_or_close(now)


def _note_ended(because: str, at: datetime) -> None:
    """Notes it, once, in the timeline of the order that each access came from."""
    ended = Access.objects.filter(own=True, ended_at=at, ended_because=because, report_key__isnull=False)
    references = [reference_of(key or "") for key in ended.values_list("report_key", flat=True)]
    for order in Order.objects.filter(reference__in=references).exclude(events__move=ACCESS_ENDED):
        note(order, ACCESS_ENDED, by=AUTHORITY)


TAKE: dict[str, Callable[[Answer, datetime], None]] = {
    AnswerKind.RECORD: take_record,
    AnswerKind.STRUCK: take_struck,
}
