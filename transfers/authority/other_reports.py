"""Answers about a report other than the one an order waits for, and their remaining effects (docs/reports.md)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from filings.models import Access
from filings.queries import live_accesses
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.codes.processing_codes import opened_by
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.lifecycle import AUTHORITY, MoveNotAllowed
from transfers.models import Order
from transfers.orders import actions, history, queries
from transfers.orders.kinds import in_group, is_in, keys, kind_of
from transfers.orders.machine import note, write_as_read
from transfers.orders.rows import Group
from transfers.pages.authority_words import as_note

DUPLICATES = {"1029", "1038"}  # "reported before": the authority's answer to a second report while it has the first
# in these states an answer about the current report moves the order, or repeats the answer that moved it
WAITS_FOR = {
    AnswerKind.TURNED_DOWN: Group.AWAITS_VERDICT,
    AnswerKind.REPORT_FAILED: Group.AT_AUTHORITY,
    AnswerKind.WAITS: Group.CAN_BE_PUT_OFF,
}


def is_about_another(order: Order, answer: Answer) -> bool:
    """Whether the order does not wait for this answer: an earlier report, or one that it went on without."""
    if answer.kind == AnswerKind.GRANTED:  # about any report: it grants the order
        return False
    if is_in(order, Group.APPROVED):
        return not Access.objects.filter(report_key=answer.report_key).exists()
    if answer.report_key != order.report_key:
        return True
    group = WAITS_FOR.get(answer.kind)
    return group is not None and not is_in(order, group) and not is_in(order, Group.LAST_WORD_SAID)


def never_made(order: Order, answer: Answer) -> bool:
    """Whether the order does not know the report: its number is higher than that of the last one."""
    number = answer.report_key.rpartition(".")[2]
    return answer.kind != AnswerKind.GRANTED and (not number.isdigit() or int(number) > order.report)


def take(order: Order, answer: Answer, now: datetime) -> None:
    """Notes the answer in the timeline, once, and frees a current report that the other one had blocked.

    A report that was postponed is not sent again for an order that is with its owner, with us or over.
    """
    if answer.kind == AnswerKind.WAITS and not is_in(order, Group.AT_AUTHORITY):
        authority().supersede(order.reference)
    move = FACTS.get(answer.kind)
    if move is None or _returned_it(order, answer):  # a receipt has no consequences
        return
    words = " ".join(filter(None, (answer.report_key, answer.code, answer.words)))
    with transaction.atomic():
        if all(event.said != words for event in order.events.filter(move=move)):
            note(order, move, by=AUTHORITY, words=words)
            if answer.kind == AnswerKind.TURNED_DOWN and is_in(order, Group.RETURNED):
                _ask_password_again(order, answer)
        _let_go_again(order_granted(order))


FACTS = {AnswerKind.TURNED_DOWN: history.EARLIER_REFUSED.name, AnswerKind.REPORT_FAILED: history.EARLIER_FAILED.name}


def _returned_it(order: Order, answer: Answer) -> bool:
    """Whether it is the answer again that returned the order: nothing follows from it a second time."""
    is_of_last = answer.kind == AnswerKind.TURNED_DOWN and answer.report_key == order.report_key
    return is_of_last and is_in(order, Group.RETURNED) and _said_before(order, answer, timezone.now())


def _said_before(order: Order, answer: Answer, at: datetime) -> bool:
    """Whether a refusal in the same words returned the order before."""
    before = queries.returns_by(order, AUTHORITY).filter(at__lt=at)
    return any(event.said == as_note(answer.code, answer.words) for event in before)


def _ask_password_again(order: Order, answer: Answer) -> None:
    """Erases a refused password, unless the one kept here was confirmed after the refused one."""
    if not order.password_kept or "filing_password" not in opened_by(answer.code):
        return
    confirmed, reported = order.password_confirmed_at, order.reported_at
    is_in_no_report = confirmed is not None and reported is not None and confirmed > reported
    if is_in_no_report or (confirmed is not None and _said_before(order, answer, confirmed)):
        return
    write_as_read(order, {"password_digest": "", "password_kept": False})


def _let_go_again(order: Order) -> None:
    """Queues again what was refused as reported before, now that the authority has decided about the other report."""
    is_duplicate = order.held and bool(DUPLICATES & set(order.authority_code.split()))
    if not is_in(order, Group.BEING_SUBMITTED) or not is_duplicate:
        return
    if not actions.release_hold(order, actor=None, by=AUTHORITY):
        raise MoveNotAllowed("released by the answer to an earlier report")


def order_granted(order: Order) -> Order:
    """The order that a grant of this one's report is for: when abandoned, the same account's next for the site.

    The authority keeps one access for each site and provider, so the next order cannot get one of its own. The grant of
    a cancellation ends an access, and gives none to an order that came later.
    """
    if not is_in(order, Group.GRANT_MAY_COME) or kind_of(order).ends_access:
        return order
    same = Order.objects.filter(owner=order.owner_id, subject_key=order.subject_key, domain=order.domain)
    return same.filter(in_group(Group.AWAITS_VERDICT), kind__in=keys("brings_access"), report__gt=0).first() or order


def in_the_way(order: Order) -> Order | Access | None:
    """An open order for the subject or domain of an abandoned one, or our access of its website; else `None`."""
    about = Q(domain=order.domain) | Q(subject_key=order.subject_key)
    other = queries.in_progress().filter(about, Q(claimed=True) | Q(owner=order.owner_id)).exclude(pk=order.pk).first()
    return other or live_accesses().filter(website__domain=order.domain).first()


def could_end_access(order: Order) -> bool:
    """Whether the register still has the access that a refused cancellation was about, and no later one."""
    ours = live_accesses().filter(website=order.website_id)
    return ours.exists() and not ours.filter(since__gt=order.created_at).exists()


def other_cancellation(order: Order) -> Order | None:
    """Another cancellation of the same website that is not over."""
    return queries.in_progress().filter(website=order.website_id, kind__in=keys("ends_access")).first()
