"""Answers about another report of an order than the one it waits for, and what they still change (docs/reports.md)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from filings.models import Access
from filings.queries import live_accesses
from icpportal.gateways.miit.processing import opened_by
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.lifecycle import AUTHORITY, Forbidden
from transfers import actions, queries, states
from transfers.firing import note
from transfers.models import Order

DUPLICATES = {"1029", "1038"}  # "reported before": what the authority says to a second report while it has the first
GIVEN_UP = (states.ABANDONED, states.WITHDRAWN, states.EXPIRED, states.REFUSED)
WITH_THE_AUTHORITY = (states.HANDING_OVER, states.PHONE_DUE, states.AUTHORITY_REVIEW)
# in these states an answer about the current report moves the order, or says once more what moved it
WAITS_FOR: dict[str, tuple[str, ...]] = {
    AnswerKind.ACCEPTED: states.ALL,
    AnswerKind.GRANTED: states.ALL,
    AnswerKind.TURNED_DOWN: (*WITH_THE_AUTHORITY, states.LAPSED, states.AUTHORITY_RETURNED),
    AnswerKind.REPORT_FAILED: WITH_THE_AUTHORITY,
    AnswerKind.WAITS: WITH_THE_AUTHORITY,
}


def is_about_another(order: Order, answer: Answer) -> bool:
    """Whether the order does not wait for this answer: a report of before, or one that it went on without."""
    if answer.kind == AnswerKind.GRANTED:  # of whatever report: it grants the order
        return False
    if order.state == states.APPROVED:
        return not Access.objects.filter(report_key=answer.report_key).exists()
    if order.kind == states.CANCELLATION and order.state in (states.CANCELLED, states.REFUSED):
        return answer.report_key != order.report_key
    return answer.report_key != order.report_key or order.state not in WAITS_FOR[answer.kind]


def never_made(order: Order, answer: Answer) -> bool:
    """Whether the order does not know the report: its number is higher than that of the last one."""
    number = answer.report_key.rpartition(".")[2]
    return answer.kind != AnswerKind.GRANTED and (not number.isdigit() or int(number) > order.report)


def take(order: Order, answer: Answer, now: datetime) -> None:
    """Write the answer into the timeline, once. One that was in the way of the current report lets it go again."""
    move = MOVES.get(answer.kind)
    if move is None:  # a receipt: nothing follows from it
        return
    words = " ".join(filter(None, (answer.report_key, answer.code, answer.words)))
    with transaction.atomic():
        if not order.events.filter(move=move, note=words).exists():
            note(order, move, by=AUTHORITY, words=words)
        if answer.kind == AnswerKind.TURNED_DOWN and order.state == states.RETURNED:
            _ask_password_again(order, answer)
        _let_go_again(order_granted(order))


MOVES = {AnswerKind.TURNED_DOWN: "earlier_refused", AnswerKind.REPORT_FAILED: "earlier_failed"}


def _ask_password_again(order: Order, answer: Answer) -> None:
    if "filing_password" in opened_by(answer.code):
        Order.objects.filter(pk=order.pk).update(password_digest="", password_kept=False)


def _let_go_again(order: Order) -> None:
    """What was refused as reported before can be reported now that the authority has decided about the other one."""
    is_duplicate = order.held and bool(DUPLICATES & set(order.authority_code.split()))
    if order.state != states.HANDING_OVER or not is_duplicate:
        return
    if not actions.release_hold(order, actor=None, by=AUTHORITY):
        raise Forbidden("released by the answer to an earlier report")


def order_granted(order: Order) -> Order:
    """The order that a grant of this one's report is for: where it was given up, the same account's next for the site.

    The authority keeps one access per site and provider, so the next order cannot get one of its own.
    """
    if order.state not in GIVEN_UP:
        return order
    same = Order.objects.filter(owner=order.owner_id, subject_key=order.subject_key, domain=order.domain)
    with_them = (*WITH_THE_AUTHORITY, states.LAPSED, states.AUTHORITY_RETURNED)
    return same.filter(kind__in=states.TRANSFERS, state__in=with_them, report__gt=0).first() or order


def in_the_way(order: Order) -> Any:
    """An open order for the subject or domain of one that was given up, or our access of its website; else `None`."""
    about = Q(domain=order.domain) | Q(subject_key=order.subject_key)
    other = queries.in_progress().filter(about, Q(claimed=True) | Q(owner=order.owner_id)).exclude(pk=order.pk).first()
    return other or live_accesses().filter(website__domain=order.domain).first()
