"""The exchange between orders and the authority (管局): reports go out, every outcome comes in by one function.

Each answer is delivered again until it is acknowledged, so every handler first checks whether it is already done. An
answer that fits no order is parked for a person; one that fails is set aside and tried again; neither blocks the queue.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from filings.actions import end_access
from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.fields.types import Column, Columns, Fact
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.base import Authority, authority
from icpportal.gateways.miit.codes.processing_codes import REJECTED, is_of_phones, judge, opened_by
from icpportal.gateways.miit.types import TAKEN, Answer, AnswerKind, PhoneState, reference_of
from icpportal.lifecycle import AUTHORITY, MoveNotAllowed
from icpportal.outbox.models import OWED, Message
from icpportal.outbox.wake import wake_worker
from transfers.authority import other_reports, postponed, register_answers
from transfers.authority.approval import approve
from transfers.authority.parked import park, settle
from transfers.authority.reports import report_of
from transfers.cancellation.deleted_filings import is_deleted
from transfers.models import Order, PhoneCheck
from transfers.models.order import CODES_LONGEST
from transfers.notifications import texted_mobiles
from transfers.orders import queries
from transfers.orders.history import came_by
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.machine import ORDER, has_changed, note, write_as_read
from transfers.orders.rows import AUTHORITY_WORDS, Group
from transfers.pages.authority_words import advice, as_note, said_columns
from transfers.phones import stated_phones
from transfers.phones.windows import Foretold
from transfers.returns.verdict_labels import named_codes

logger = logging.getLogger(__name__)
PASSWORD = "filing_password"  # noqa: S105 -- the name of a step
BROKEN = (LookupError, TypeError, ValueError, ArithmeticError, IntegrityError)
PHONES_FAILED = "phones_failed"  # the move that returns an order for its phones alone
OVERTAKEN = "the order moved meanwhile"
NO_ORDER = "no such order"
NO_REPORT = "the order has made no such report"
TRIES = 5
SEND = "icpportal.tasks.send_reports"
CHANNEL = "authority"  # the outbox channel
BETWEEN = "；"  # joins the authority's words for several codes

# the phones behind the receipts of one batch, from the register of phones; None for a single answer
foretold: ContextVar[Foretold | None] = ContextVar("foretold", default=None)


@contextmanager
def asked_together(answers: Iterable[Answer]) -> Iterator[Foretold]:
    """Asks the register of phones once about all receipts in this batch, at the first need."""
    register = Foretold([each.report_key for each in answers if each.kind == AnswerKind.ACCEPTED])
    token = foretold.set(register)
    try:
        yield register
    finally:
        foretold.reset(token)


def deliver_report(message: Message) -> str:
    """Outbox channel `authority`: queues the report with the gateway. A superseded or ended order sends nothing."""
    order = Order.objects.get(pk=message.payload["order"])
    number = message.payload["report"]
    if not is_in(order, Group.BEING_SUBMITTED) or order.report != number or order.held:
        return "superseded"
    report = report_of(order, number)
    authority().queue(report)
    wake_worker(SEND)
    return report.key


def queue_what_is_owed() -> int:
    """Queues the reports still in the outbox, as delivery would; returns for how many orders."""
    owed = list(Message.objects.filter(channel=CHANNEL, state__in=OWED).order_by("pk"))
    for message in owed:
        deliver_report(message)
    return len(owed)


def pull(*, now: datetime | None = None, patience: float = 0, if_due: bool = False) -> int:
    """Fetches and processes every outcome; returns how many answers were taken.

    While another pull is running, takes only what is here already. With `patience`, waits so many seconds for it, and
    raises `NotYet` when it cannot know everything the authority has ready. An answer that fails, or whose order does,
    is set aside. `if_due` asks the authority only when a look is due.
    """
    now = now or timezone.now()
    take = import_string(settings.AUTHORITY_ANSWERS)
    gateway = authority()
    unreached = _fetch(gateway, patience, if_due)
    count = _take_all(gateway, take, now)
    if unreached and (patience or not isinstance(unreached, NotYet)):
        raise unreached
    return count


def _take_all(gateway: Authority, take: Callable[..., None], now: datetime) -> int:
    loop, seen = rows.Loop(TAKEN), set[str]()
    while portion := [each for each in gateway.answers() if each.id not in seen and not loop.waits(each.id)]:
        with asked_together(portion):
            for answer in portion:
                seen.add(answer.id)
                act = partial(_take_or_park, gateway, take, answer, now)
                loop.attempt(answer.id, act, reference=reference_of(answer.report_key))
    loop.end()
    return len(seen) - len(loop.failed)


def _take_or_park(gateway: Authority, take: Callable[..., None], answer: Answer, now: datetime) -> None:
    try:
        take(answer, now=now)
    except BROKEN as problem:  # parked, so that one broken answer never blocks the queue
        logger.exception("answer not understood", extra={"reference": reference_of(answer.report_key)})
        park(answer, type(problem).__name__)
    gateway.acknowledge(answer.id)


def _fetch(gateway: Authority, patience: float, if_due: bool) -> Retryable | Refused | None:
    """Fetches what is ready; returns a failure, so that the caller first takes what is here already."""
    try:
        gateway.fetch(patience=patience, if_due=if_due)
    except (Retryable, Refused) as problem:
        return problem
    return None


def take_answer(answer: Answer, *, now: datetime | None = None) -> None:
    """Applies one outcome to its order; idempotent."""
    now = now or timezone.now()
    if answer.kind in register_answers.TAKE:
        register_answers.TAKE[answer.kind](answer, now)
        return
    reason = OVERTAKEN
    for _ in range(TRIES):  # another worker may apply the same answer at this moment
        if reason == OVERTAKEN:
            reason = _apply_answer(answer, now)
    if reason:
        park(answer, reason)
    else:
        settle(answer, now=now)


def apply_by_people(answer: Answer, *, actor: User, now: datetime) -> str:
    """Applies an answer like `take_answer`, and a grant also to an order that is over; returns why not, or ""."""
    if answer.kind in register_answers.TAKE:
        register_answers.TAKE[answer.kind](answer, now)
        return ""
    refusal = _apply_answer(answer, now, actor=actor)
    record = None if refusal else authority().record_of(answer.report_key)
    if record is not None:  # it arrived before the register knew the access
        register_answers.take_record(record, now)
    return refusal


def _apply_answer(answer: Answer, now: datetime, *, actor: User | None = None) -> str:
    """Applies an answer; returns "" when the order took it, else why not."""
    order = Order.objects.filter(reference=reference_of(answer.report_key)).first()
    if order is None:
        return NO_ORDER
    if other_reports.never_made(order, answer):
        return NO_REPORT
    if answer.kind == AnswerKind.GRANTED:
        order = other_reports.order_granted(order)
    try:
        if actor is not None and answer.kind == AnswerKind.GRANTED and is_in(order, Group.GRANT_MAY_COME):
            grant = _end_late if kind_of(order).ends_access else approve
            grant(order, answer, now, actor=actor)
        elif other_reports.is_about_another(order, answer):
            other_reports.take(order, answer, now)
        else:
            handlers_of(order)[answer.kind](order, answer, now)
    except MoveNotAllowed as refusal:
        return OVERTAKEN if has_changed(order) else str(refusal)
    return ""


def _receipt(order: Order, answer: Answer, now: datetime) -> None:
    """The report was accepted, for the first time or after it was postponed."""
    if is_in(order, Group.BEING_SUBMITTED) or queries.waits_for_other_decision(order):
        _take_in(order, answer, now)


def _record_receipt(order: Order, answer: Answer, now: datetime) -> None:
    if is_in(order, Group.BEING_SUBMITTED):
        _take_in(order, answer, now)


def _take_in(order: Order, answer: Answer, now: datetime) -> None:
    sent_at = answer.sent_at or answer.at
    phones = _phones_told(order)
    facts = {**queries.facts_of(order), "sent_at": sent_at, **texted_mobiles.facts(order, phones)}
    with transaction.atomic():
        columns: dict[str, Column] = {
            "reported_at": sent_at,
            "held": False,
        }  # a held report is sent again under its own key
        queries.phone_checks(order).delete()  # those of its earlier acceptance: its phones are texted again
        ORDER.apply(order, "reported", by=AUTHORITY, facts=facts, columns=columns, now=now)
        PhoneCheck.objects.bulk_create(
            [PhoneCheck(order=order, report=order.report, role=role) for role in _roles_asked(order)]
        )
        if phones and is_in(order, Group.PHONES_OPEN):
            stated_phones.write_down(order, phones)


def _phones_told(order: Order) -> list[PhoneState]:
    """The mobiles that the ministry texts, for the first message; [] when nobody tells in time."""
    if not queries.phone_roles(order):
        return []
    return (foretold.get() or Foretold([order.report_key])).of(order.report_key)


def _roles_asked(order: Order) -> list[str]:
    return queries.phone_roles(order) if is_in(order, Group.PHONES_OPEN) else []


def _grant(order: Order, answer: Answer, now: datetime) -> None:
    """Approves the order, whichever of its reports this is; none of the others is sent any more."""
    if is_in(order, Group.APPROVED):
        return
    if answer.report_key == order.report_key:
        _record_receipt(order, answer, now)  # the receipt may arrive late or never
    approve(order, answer, now)


def _turned_down(order: Order, answer: Answer, now: datetime) -> None:
    if is_in(order, Group.TURNED_DOWN) and not _says_why_phones_failed(order, answer):
        _add_to_refusal(order, answer)
        return
    if _was_not_asked(order, answer):
        _report_failed(order, answer, now)
        return
    _record_receipt(order, answer, now)
    if _phones_failed(order, answer):
        _return_for_phones(order, answer, now)
        return
    _fire_with_words(order, "turn_down", answer, now, erased=_password_erased(answer.code))


def _return_for_phones(order: Order, answer: Answer, now: datetime) -> None:
    """Returns it so that it can be sent again unchanged; if the clock did so before, only notes the answer."""
    if not is_in(order, Group.LAPSED):
        _fire_with_words(order, PHONES_FAILED, answer, now)
        return
    last_move = came_by(order)
    if last_move is None or last_move.note != AUTHORITY_WORDS:
        other_reports.take(order, answer, now)


def _phones_failed(order: Order, answer: Answer) -> bool:
    """Whether the answer says that phones were not verified: then the order can be sent again unchanged."""
    if not is_of_phones(answer.code, answer.words) or not queries.phone_roles(order):
        return False
    checks = queries.phone_checks(order)  # none while it was postponed: the receipt that asks for them may come later
    return not checks.exists() or checks.filter(confirmed_at=None).exists()


def _says_why_phones_failed(order: Order, answer: Answer) -> bool:
    """Whether the words that follow a bare refusal say that phones were not verified."""
    is_bare = not order.authority_words and set(order.authority_code.split()) <= {REJECTED}
    return is_bare and _phones_failed(order, answer)


def _was_not_asked(order: Order, answer: Answer) -> bool:
    """Whether the only fault is a filing password that the order's rules do not ask for: then it is our own."""
    is_about_it = opened_by(answer.code) == (PASSWORD,)
    return is_about_it and not order.password_digest and not queries.rules_of(order).asks_password


def _fire_with_words(order: Order, move: str, answer: Answer, now: datetime, erased: Columns | None = None) -> None:
    """Makes a move, with the code and words in the timeline, in the message and on the order."""
    reasons: dict[str, Fact] = {"reason": advice(order, answer.code), "reasons": named_codes(answer.code)}
    facts = {**queries.facts_of(order), **reasons}
    if move == PHONES_FAILED:
        facts["mobiles_note"] = texted_mobiles.differences(order, queries.phone_checks(order))
    columns = said_columns(answer)
    order.authority_code, order.authority_words = columns["authority_code"], columns["authority_words"]
    words = as_note(answer.code, answer.words)
    ORDER.apply(order, move, by=AUTHORITY, words=words, facts=facts, columns={**columns, **(erased or {})}, now=now)


def _add_to_refusal(order: Order, answer: Answer) -> None:
    """Adds to a refusal that comes in parts (a code, its reason, a person's words); earlier parts stay."""
    codes = judge(f"{order.authority_code} {answer.code}".split()).codes
    words = dict.fromkeys(filter(None, (*order.authority_words.split(BETWEEN), *answer.words.split(BETWEEN))))
    columns: dict[str, Column] = {
        "authority_code": " ".join(codes)[:CODES_LONGEST],
        "authority_words": BETWEEN.join(words),
        **_password_erased(" ".join(codes)),
    }
    if any(getattr(order, name) != value for name, value in columns.items()):
        write_as_read(order, columns)


def _password_erased(codes: str) -> dict[str, Column]:
    """Erases a password that the ministry refused, so that it is asked for again."""
    return {"password_digest": "", "password_kept": False} if PASSWORD in opened_by(codes) else {}


def _report_failed(order: Order, answer: Answer, now: datetime) -> None:
    """A fault of the provider: holds the order here until operations send it again."""
    if order.held:
        return
    columns: dict[str, Column] = {**said_columns(answer), "held": True}
    # logged as an error at once; `reconcile` opens the alarm
    logger.error("report failed", extra={"reference": order.reference, "returned": answer.code})
    if is_in(order, Group.BEING_SUBMITTED):
        with transaction.atomic():
            write_as_read(order, columns)
            note(order, "report_failed", by=AUTHORITY, words=answer.code)
        return
    ORDER.apply(order, "report_failed", by=AUTHORITY, words=answer.code, columns=columns, now=now)


def _end_access(order: Order, answer: Answer, now: datetime) -> None:
    """The cancellation went through: ends our access in the register."""
    if is_in(order, Group.ARRIVED):
        return
    if answer.report_key == order.report_key:
        _record_receipt(order, answer, now)
    columns = said_columns(answer) if answer.code else {}  # there was nothing left to cancel
    note_text = as_note(answer.code, answer.words)
    facts = {**queries.facts_of(order), "filing_deleted": is_deleted(order, answer.code)}
    with transaction.atomic():
        ORDER.apply(order, "ended", by=AUTHORITY, words=note_text, facts=facts, columns=columns, now=now)
        if order.website is not None:
            end_access(order.website, because="cancelled", now=now)


def _end_late(order: Order, answer: Answer, now: datetime, *, actor: User) -> None:
    """The same after it was refused, when two people apply the answer: it takes the place of the refusal."""
    facts = {**queries.facts_of(order), "filing_deleted": is_deleted(order, answer.code), "applied": True}
    words, columns = as_note(answer.code, answer.words), said_columns(answer)
    with transaction.atomic():
        ORDER.apply(order, "ended_late", by=AUTHORITY, actor=actor, words=words, facts=facts, columns=columns, now=now)
        if order.website is not None:
            end_access(order.website, because="cancelled", now=now)


def _cancel_refused(order: Order, answer: Answer, now: datetime) -> None:
    """Refuses the cancellation; one that went through cannot be refused any more, so that a person has to look."""
    if is_in(order, Group.LAST_WORD_SAID) and not is_in(order, Group.ARRIVED):
        _add_to_refusal(order, answer)
        return
    if _was_not_asked(order, answer):
        _report_failed(order, answer, now)
        return
    _record_receipt(order, answer, now)
    _fire_with_words(order, "cancel_refused", answer, now)


Handler = Callable[[Order, Answer, datetime], None]
TRANSFER_HANDLERS: dict[str, Handler] = {
    AnswerKind.ACCEPTED: _receipt,
    AnswerKind.WAITS: postponed.take,
    AnswerKind.GRANTED: _grant,
    AnswerKind.TURNED_DOWN: _turned_down,
    AnswerKind.REPORT_FAILED: _report_failed,
}
CANCELLATION_HANDLERS: dict[str, Handler] = {
    **TRANSFER_HANDLERS,
    AnswerKind.GRANTED: _end_access,
    AnswerKind.TURNED_DOWN: _cancel_refused,
}


def handlers_of(order: Order) -> dict[str, Handler]:
    """The handlers of the authority's answers for an order of this kind."""
    return import_string(kind_of(order).answers)
