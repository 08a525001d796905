"""What the authority (管局) and an order say to each other: the report goes out, every outcome comes in by one door.

Each answer is handed out again until it is acknowledged, so every handler begins by asking whether it is already done.
An answer that fits no order as it stands is parked for a person; it never blocks the queue.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from filings.actions import record_access
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.processing import opened_by, plain_words
from icpportal.gateways.miit.seam import Authority, authority
from icpportal.gateways.miit.types import Answer, AnswerKind, PhoneState, reference_of
from icpportal.lifecycle import AUTHORITY, Forbidden
from transfers import queries, states
from transfers.firing import ORDER, note, overtaken
from transfers.models import Order, ParkedAnswer, PhoneCheck
from transfers.report import access_report

logger = logging.getLogger(__name__)
PASSWORD = "filing_password"  # noqa: S105 -- the name of a step
BROKEN = (LookupError, TypeError, ValueError, ArithmeticError, IntegrityError)
OVERTAKEN = "the order moved meanwhile"
TRIES = 5


def deliver_report(message: Any) -> str:
    """Outbox channel `authority`: queue the report with the gateway. A superseded or ended order sends nothing."""
    order = Order.objects.get(pk=message.payload["order"])
    number = message.payload["report"]
    if order.state != states.HANDING_OVER or order.report != number or order.held:
        return "superseded"
    report = access_report(order, number)
    authority().queue(report)
    return report.key


def pull(*, now: datetime | None = None) -> int:
    """Fetch and process every outcome, then what is known of phones; returns how many answers were taken."""
    now = now or timezone.now()
    take = import_string(settings.AUTHORITY_ANSWERS)
    gateway = authority()
    unreached = _fetch(gateway)
    taken = 0
    for answer in gateway.answers():
        try:
            take(answer, now=now)
        except BROKEN as problem:  # parked, so that one broken answer never blocks the queue
            logger.exception("answer not understood", extra={"reference": reference_of(answer.report_key)})
            park(answer, type(problem).__name__)
        gateway.acknowledge(answer.id)
        taken += 1
    if unreached:
        raise unreached
    for order in Order.objects.filter(state=states.PHONE_DUE).order_by("due_at"):
        refresh_phones(order, now=now)
    return taken


def _fetch(gateway: Authority) -> Retryable | Refused | None:
    """Bring in what there is; what keeps the authority out of reach, so that what is here already is taken first."""
    try:
        gateway.fetch()
    except (Retryable, Refused) as problem:
        return problem
    return None


def take_answer(answer: Answer, *, now: datetime | None = None) -> None:
    """Bring one outcome to its order; a second time it changes nothing."""
    now = now or timezone.now()
    reason = OVERTAKEN
    for _ in range(TRIES):  # another worker may bring the same answer at this moment
        if reason == OVERTAKEN:
            reason = _brought(answer, now)
    if reason:
        park(answer, reason)


def _brought(answer: Answer, now: datetime) -> str:
    """Nothing when the order has taken the answer, else why not."""
    order = Order.objects.filter(reference=reference_of(answer.report_key)).first()
    if order is None:
        return "no such order"
    if answer.report_key != order.report_key:
        return "an earlier report of this order"
    try:
        HANDLERS[answer.kind](order, answer, now)
    except Forbidden as refusal:
        return OVERTAKEN if overtaken(order) else str(refusal)
    return ""


def park(answer: Answer, reason: str) -> None:
    """Put an answer aside for a person to read."""
    ParkedAnswer.objects.get_or_create(
        answer_id=answer.id,
        defaults={
            "kind": answer.kind,
            "report_key": answer.report_key,
            "code": answer.code,
            "words": answer.words,
            "reason": reason,
        },
    )
    logger.warning("answer parked", extra={"reference": reference_of(answer.report_key), "reason": reason})


def _accepted(order: Order, answer: Answer, now: datetime) -> None:
    if order.state != states.HANDING_OVER:
        return
    sent_at = answer.sent_at or answer.at
    facts = {**queries.facts_of(order), "sent_at": sent_at}
    with transaction.atomic():
        ORDER.fire(order, "reported", by=AUTHORITY, facts=facts, columns={"reported_at": sent_at}, now=now)
        PhoneCheck.objects.bulk_create(
            [PhoneCheck(order=order, report=order.report, role=role) for role in _roles_asked(order)]
        )


def _roles_asked(order: Order) -> list[str]:
    return queries.phone_roles(order) if order.state == states.PHONE_DUE else []


def _granted(order: Order, answer: Answer, now: datetime) -> None:
    if order.state == states.APPROVED:
        return
    _accepted(order, answer, now)  # the receipt may come late or never
    site_number = answer.site_number or order.site_number
    columns = {"site_number": site_number, "subject_number": answer.subject_number or order.subject_number}
    with transaction.atomic():
        ORDER.fire(order, "grant", by=AUTHORITY, facts=queries.facts_of(order), columns=columns, now=now)
        order.subject, order.website = record_access(**access_facts(order), since=now)
        Order.objects.filter(pk=order.pk).update(subject=order.subject, website=order.website)


def access_facts(order: Order) -> dict[str, Any]:
    """What the register learns from an approved order."""
    return {
        "report_key": order.report_key,
        "owner": order.owner,
        "type_answers": order.answer("type"),
        "subject_answers": order.answer("subject"),
        "website_answers": order.answer("website"),
        "administrator_answers": order.answer("administrator"),
        "subject_key": order.subject_key,
        "subject_number": order.subject_number,
        "site_number": order.site_number,
        "domain": order.domain,
        "instance": order.instance,
        "service_code": order.service_code,
    }


def _turned_down(order: Order, answer: Answer, now: datetime) -> None:
    if order.state == states.AUTHORITY_RETURNED:
        return
    _accepted(order, answer, now)
    columns: dict[str, Any] = {"authority_code": answer.code, "authority_words": answer.words}
    if PASSWORD in opened_by(answer.code):  # what the ministry refused is asked again
        columns |= {"password_digest": "", "password_kept": False}
    facts = {**queries.facts_of(order), "reason": plain_words(answer.code)}
    order.authority_words = answer.words
    ORDER.fire(order, "turn_down", by=AUTHORITY, note=answer.code, facts=facts, columns=columns, now=now)


def _report_failed(order: Order, answer: Answer, now: datetime) -> None:
    """The provider's own fault: the order waits here, held, until operations send it again."""
    if order.held:
        return
    columns = {"authority_code": answer.code, "authority_words": answer.words, "held": True}
    if order.state == states.HANDING_OVER:
        with transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**columns)
            note(order, "report_failed", by=AUTHORITY, words=answer.code)
        return
    ORDER.fire(order, "report_failed", by=AUTHORITY, note=answer.code, columns=columns, now=now)


HANDLERS: dict[str, Callable[[Order, Answer, datetime], None]] = {
    AnswerKind.ACCEPTED: _accepted,
    AnswerKind.GRANTED: _granted,
    AnswerKind.TURNED_DOWN: _turned_down,
    AnswerKind.REPORT_FAILED: _report_failed,
}


def refresh_phones(order: Order, *, now: datetime) -> bool:
    """Write down what the authority tells about this order's phones, and move on when all are confirmed.

    Returns whether it told anything; raises `Retryable` when it cannot be reached.
    """
    told = authority().phones(order.report_key)
    if told is None:
        return False
    _write_down(order, told)
    in_time = [p for p in told if p.confirmed_at and (order.due_at is None or p.confirmed_at < order.due_at)]
    if told and len(in_time) == len(told):
        _phones_done(order, now)
    return True


TOLD = ("mobile_masked", "sent_at", "confirmed_at", "wrong")


def _write_down(order: Order, told: list[PhoneState]) -> None:
    """One row a person; it is asked every few seconds, so only what is news is written."""
    known = {check.role: check for check in queries.phone_checks(order)}
    for phone in told:
        news = {name: getattr(phone, name) for name in TOLD}
        check = known.pop(str(phone.role), None)
        if check is None or any(getattr(check, name) != value for name, value in news.items()):
            PhoneCheck.objects.update_or_create(order=order, report=order.report, role=phone.role, defaults=news)
    if known:
        queries.phone_checks(order).filter(role__in=known).delete()


def _phones_done(order: Order, now: datetime) -> None:
    for _ in range(TRIES):
        try:
            ORDER.fire(order, "phones_done", by=AUTHORITY, facts=queries.facts_of(order), now=now)
        except Forbidden:
            if not overtaken(order):
                raise
            order.refresh_from_db()
        if order.state != states.PHONE_DUE:
            return
    raise Forbidden(f"phones_done: {OVERTAKEN}")


def reachable_and_told(order: Order, now: datetime) -> tuple[bool, bool]:
    """At a deadline: could the authority be asked, and did it tell about phones?"""
    try:
        return True, refresh_phones(order, now=now)
    except Retryable:
        return False, False
