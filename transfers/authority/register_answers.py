"""The authority's unsolicited answers about filings: they update the register and grant no order."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from filings import authority_records
from filings.models import Access
from icpportal.gateways.miit.types import Answer, AnswerKind, reference_of
from icpportal.lifecycle import AUTHORITY
from transfers.cancellation import pending as waiting
from transfers.cancellation.deleted_filings import is_deleted
from transfers.cancellation.end_of_access import ended_at
from transfers.duties import actions as duties
from transfers.models import Order, OrderEvent
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries
from transfers.orders.machine import note
from transfers.orders.rows import EVERYBODY

ACCESS_ENDED = "access_ended"  # the fact in the timeline, and its message while the number stays valid
FILING_DELETED = "filing_deleted"


def take_record(answer: Answer, now: datetime) -> None:
    """Updates the register from a filing as the authority has it. It grants nothing: only a result does."""
    if answer.record is None:
        raise ValueError("a record without a record")
    with transaction.atomic():
        authority_records.take_record(
            answer.record, provider=settings.MIIT_ISP_ID, report_key=answer.report_key, at=answer.at
        )
        _note_ended(authority_records.NOT_ON_RECORD, answer.at)
    waiting.send_or_close(now)


def take_struck(answer: Answer, now: datetime) -> None:
    """Ends in the register what was struck off, and cancellations that wait for just that."""
    if answer.struck is None:
        raise ValueError("struck off, and nothing said what")
    with transaction.atomic():
        if authority_records.take_struck(answer.struck, now=now):
            _note_ended(authority_records.STRUCK_OFF, now)
    waiting.send_or_close(now)


def _note_ended(because: str, at: datetime) -> None:
    """Notes it, once, in the timeline of the order that each access came from, ends its duties and tells its people."""
    ended = Access.objects.filter(own=True, ended_at=at, ended_because=because, report_key__isnull=False)
    references = [reference_of(key or "") for key in ended.values_list("report_key", flat=True)]
    for order in Order.objects.filter(reference__in=references).exclude(events__move=ACCESS_ENDED):
        duties.end_own(order)
        _tell(order, note(order, ACCESS_ENDED, by=AUTHORITY))


def _tell(order: Order, event: OrderEvent) -> None:
    """Tells everybody, unless the domain is still here, or a cancellation under way ends with it and says so."""
    if order.is_erased or ended_at(order) is None:
        return
    if queries.open_cancellations().filter(website=order.website_id).exists():
        return
    template = FILING_DELETED if is_deleted(order, "") else ACCESS_ENDED
    notify_recipients(order, template, event_id=event.pk, roles=EVERYBODY, now=event.at)


TAKE: dict[str, Callable[[Answer, datetime], None]] = {
    AnswerKind.RECORD: take_record,
    AnswerKind.STRUCK: take_struck,
}
