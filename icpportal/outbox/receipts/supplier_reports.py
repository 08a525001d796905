"""Asks the supplier of text messages about deliveries, so that the supplier needs no URL to call."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.sms.base import AcceptedText, ReportsDelivery, text_messages
from icpportal.gateways.sms.reports import Report
from icpportal.outbox.models import Message
from icpportal.outbox.receipts import actions
from icpportal.outbox.receipts.questions import SMS, next_question

logger = logging.getLogger(__name__)
JOB = "outbox.receipts"  # the job name under which texts are set aside
AT_ONCE = 50  # texts asked about in one round
MOST_REPORTS = 2000  # reports read in one round


@dataclass
class Totals:
    """Counts of one round. `strange` are reports about texts that are not ours, or no longer."""

    asked: int = 0
    arrived: int = 0
    lost: int = 0
    strange: int = 0


def ask(*, now: datetime | None = None) -> Totals:
    """Asks about the texts that are due, at most one round; does nothing if the supplier reports nothing."""
    now, supplier, totals = now or timezone.now(), text_messages(), Totals()
    if not isinstance(supplier, ReportsDelivery):
        return totals
    mine = _claim_due(now)
    totals.asked = len(mine)
    if mine or not supplier.asks_by_number:
        _take(supplier, mine, totals, now)
    if any(asdict(totals).values()):
        logger.info("delivery reports", extra=asdict(totals))
    return totals


def _claim_due(now: datetime) -> list[AcceptedText]:
    """The texts due; the next question is scheduled before this one is asked, so that no two workers ask the same.

    One that cannot be read is set aside, and the others are asked about.
    """
    due = list(Message.objects.filter(channel=SMS, ask_at__lte=now).order_by("ask_at")[:AT_ONCE])
    if not due:
        return []
    loop = rows.Loop(JOB)
    found = [
        loop.attempt(message.pk, partial(_claimed_text, message, now), reference=message.reference or message.key)
        for message in due
    ]
    loop.end()
    return [text for text in found if text]


def _claimed_text(message: Message, now: datetime) -> AcceptedText | None:
    return _accepted_text(message) if _claim(message, now) else None


def _claim(message: Message, now: datetime) -> bool:
    asked = message.asked + 1
    untouched = Message.objects.filter(pk=message.pk, asked=message.asked, ask_at=message.ask_at)
    return bool(untouched.update(asked=asked, ask_at=next_question(asked, now)))


def _accepted_text(message: Message) -> AcceptedText:
    sent_at = message.delivered_at or message.created_at
    return AcceptedText(receipt=message.receipt, to=str(message.payload.get("to", "")), at=sent_at)


def _take(supplier: ReportsDelivery, mine: Sequence[AcceptedText], totals: Totals, now: datetime) -> None:
    try:
        for report in islice(supplier.reports(mine), MOST_REPORTS):
            _note(report, totals, now)
    except (Retryable, Refused) as trouble:  # the next question asks again
        logger.warning("no delivery reports", extra={"trouble": str(trouble)})


def _note(report: Report, totals: Totals, now: datetime) -> None:
    if report.has_arrived:
        is_ours = actions.record_arrival(SMS, report.receipt, at=report.at)
    else:
        is_ours = actions.record_loss(SMS, report.receipt, why=report.why, code=report.code, now=now)
    if not is_ours:
        totals.strange += 1
    elif report.has_arrived:
        totals.arrived += 1
    else:
        totals.lost += 1
