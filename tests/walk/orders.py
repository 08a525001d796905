"""An order of every kind in every state it can reach, led there by the portal's own moves."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings
from django.utils import timezone

from filings.models import Access, Website
from filings.provinces import province
from icpportal.gateways.miit.types import Answer, AnswerKind
from tests.filings.filed import on_file
from tests.transfers import states
from tests.transfers.builders import (
    TYPE,
    administrator_answers,
    make_order,
    make_reason,
    picture,
    subject_answers,
    type_answers,
)
from tests.transfers.desk import agree, prove_phones
from transfers.authority import results as authority
from transfers.cancellation import actions as cancelling
from transfers.check import readiness
from transfers.documents import slots, validity
from transfers.models import Order, OrderDocument, PhoneCheck
from transfers.orders import actions, queries
from transfers.orders.machine import ORDER
from transfers.orders.moves import TABLE
from transfers.orders.rows import Move
from transfers.photo import actions as photo_actions
from transfers.review import actions as review
from verification.models import Document

PICTURE = "walk/sample.jpg"
SENT = ("submit", "accept", "send_photo", "accept_photo")
ON_ITS_WAY = (*SENT, "reported")
WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    states.TRANSFER: {
        states.DRAFT: (),
        states.SUBMITTED: ("submit",),
        states.RETURNED: ("submit", "send_back"),
        states.PHOTO_DUE: ("submit", "accept"),
        states.PHOTO_REVIEW: ("submit", "accept", "send_photo"),
        states.HANDING_OVER: SENT,
        states.PHONE_DUE: ON_ITS_WAY,
        states.AUTHORITY_REVIEW: (*ON_ITS_WAY, "phones_done"),
        states.AUTHORITY_RETURNED: (*ON_ITS_WAY, "turn_down"),
        states.LAPSED: (*ON_ITS_WAY, "lapse"),
        states.APPROVED: (*ON_ITS_WAY, "grant"),
        states.REFUSED: ("submit", "refuse"),
        states.WITHDRAWN: ("submit", "withdraw"),
        states.ABANDONED: ("abandon",),
        states.EXPIRED: ("expire_draft",),
    },
    states.CANCELLATION: {
        states.DRAFT: (),
        states.COOLING_OFF: ("cool",),
        states.HANDING_OVER: ("confirm_cancel",),
        states.AUTHORITY_REVIEW: ("confirm_cancel", "reported"),
        states.CANCELLED: ("confirm_cancel", "reported", "ended"),
        states.REFUSED: ("confirm_cancel", "reported", "cancel_refused"),
        states.ABANDONED: ("abandon",),
        states.EXPIRED: ("expire_draft",),
    },
}
WAYS[states.TRANSFER_ANOTHER] = WAYS[states.TRANSFER]
# the authority decides about something else of the filing first
PUT_OFF = {
    states.TRANSFER: (*ON_ITS_WAY, "waits"),
    states.TRANSFER_ANOTHER: (*ON_ITS_WAY, "lapse", "waits"),
    states.CANCELLATION: ("confirm_cancel", "reported", "waits"),
}
# the progress of drafts: each gate and page is the next one of some draft
DRAFTS = (
    (),
    ("service_code",),
    ("service_code", "filing_password"),
    ("service_code", "filing_password", "subject"),
    ("service_code", "filing_password", "subject", "website"),
    ("service_code", "filing_password", "subject", "website", "administrator"),
)


def can_be(kind: str) -> set[str]:
    """The states that some row of this kind's life leads to."""
    return {row.target for row in TABLE.rows if TABLE.holds_for(row, kind)} | {states.DRAFT}


def place(people: Any, profile: str) -> Iterator[Order]:
    """Creates all of them, for one owner."""
    asks = [code for code in TYPE if province(code, profile).phones]
    silent = [code for code in TYPE if not province(code, profile).phones] or asks
    for kind, ways in WAYS.items():
        for number, (state, moves) in enumerate(ways.items()):
            codes = asks if state in (states.DRAFT, states.PHONE_DUE, states.LAPSED) else [*silent, *asks]
            order = _begin(kind, people.owner, profile, codes[number % len(codes)])
            for move in moves:
                make_move(order, move, people)
            assert order.state == state, f"{kind} is {order.state} after {moves}, not {state}"
            yield order
    for kind, moves in PUT_OFF.items():
        order = _begin(kind, people.owner, profile, asks[0])
        for move in moves:
            make_move(order, move, people)
        yield order
    for number, steps in enumerate(DRAFTS):
        yield make_order(people.owner, steps=steps, province=asks[number % len(asks)], rule_profile=profile)
    yield from _cancellations_on_the_way(people.owner)


def _begin(kind: str, owner: Any, profile: str, code: str) -> Order:
    """A draft of this kind that lacks nothing."""
    name = f"{kind.replace('_', '-')}{Order.objects.count()}.cn"
    if kind == states.CANCELLATION:
        return cancelling.begin(_website(owner, name), owner=owner)
    order = make_order(owner, province=code, domain=name, rule_profile=profile, kind=kind, instance="")
    if kind == states.TRANSFER_ANOTHER:
        type_ = type_answers(code, domain=f"first-{name}", id_number=f"91{code}9999{_number():09d}L")
        order.subject, _first = on_file(
            owner, report=f"{order.reference}.0", pages={"type": type_}, subject_key=order.subject_key
        )
        order.save(update_fields=["subject"])
    fill_papers(order)
    prove_phones(order)
    return order


def _cancellations_on_the_way(owner: Any) -> Iterator[Order]:
    """A cancellation with its code entered, and one before its last look."""
    for kept in (False, True):
        order = cancelling.begin(_website(owner, f"ending{_number()}.cn"), owner=owner)
        order.answers = {**order.answers, "proof": {"until": (timezone.now() + timedelta(hours=1)).isoformat()}}
        order.password_kept = kept
        order.password_digest = "0" * 32 if kept else ""
        order.save()
        yield order


def _website(owner: Any, domain: str) -> Website:
    """The one website of a subject, with an access of ours that has the authority's id, and another provider's."""
    number = _number()
    pages = {"type": type_answers(domain=domain, id_number=f"91649999{number:09d}L")}
    people = {"subject": subject_answers(), "administrator": administrator_answers()}
    _subject, website = on_file(owner, report=f"T7Q4-M2K{number}.1", pages={**pages, **people}, domain=domain)
    Access.objects.filter(website=website).update(ministry_id=number, ip="192.0.2.10")
    Access.objects.create(website=website, own=False, provider="100002", ministry_id=number + 10**6)
    return website


def _number() -> int:
    return next(_counter)


_counter = iter(range(700_000, 10**6))


# --- papers ---


def fill_papers(order: Order, *, only: tuple[str, ...] = ()) -> None:
    """Every paper ready and agreed to; all share one picture."""
    wanted = [(slot.key, side) for slot in slots.needed_slots(order) for side in range(1, slot.needed + 1)]
    for slot, side in [(each, 1) for each in only] or wanted:
        stored = {"stored_name": kept_picture(), "preview_name": kept_picture()}
        document = Document.objects.create(
            kind=slot, holder=order.reference, state="ready", size=1000, width=90, height=70, **stored
        )
        OrderDocument.objects.create(
            order=order, slot=slot, side=side, document=document, mark=validity.mark_of(order, slot)
        )
        agree(order, slot)


def kept_picture() -> str:
    kept = storages["documents"]
    return PICTURE if kept.exists(PICTURE) else kept.save(PICTURE, ContentFile(picture(90, 70)))


# --- moves ---


def make_move(order: Order, move: str, people: Any) -> None:
    """Makes one move, as the portal makes it."""
    act = ACTS.get(move)
    if act is not None:
        act(order, people)
    else:
        row = next(row for row in TABLE.rows if row.name == move and TABLE.holds_for(row, order.kind))
        _fire(order, row)
    order.refresh_from_db()


def _fire(order: Order, row: Move, **facts: Any) -> None:
    with override_settings(CANCEL_COOL_OFF=timedelta(hours=24)):
        ORDER.apply(order, row.name, by=row.by, facts={**queries.facts_of(order), **facts})


def _send_back(order: Order, people: Any) -> None:
    reason = make_reason("site_name")
    named = [
        review.ReturnedField("website.site_name", reason),
        review.ReturnedField("paper.statement", reason, {"zh": "请盖章"}),
    ]
    review.send_back(order, people.reviewer, named)


def _send_photo(order: Order, people: Any) -> None:
    fill_papers(order, only=("photo",))
    photo_actions.send(order, actor=people.owner, way="backdrop")


def _lapse(order: Order, people: Any) -> None:
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(due_at=now - timedelta(minutes=1))
    PhoneCheck.objects.filter(order=order).update(sent_at=now - timedelta(days=2))
    _fire(order, next(row for row in TABLE.rows if row.name == "lapse"))


def _answer(kind: AnswerKind, **said: Any) -> Callable[[Order, Any], None]:
    """The authority's answer to the order's report."""

    def act(order: Order, people: Any) -> None:
        at = datetime.now(tz=timezone.get_default_timezone())
        numbers = {"subject_number": order.subject_number, "site_number": order.site_number}
        answer = Answer(
            id=f"{order.report_key}.{kind}", kind=kind, report_key=order.report_key, at=at, **numbers, **said
        )
        authority.take_answer(answer)

    return act


ACTS: dict[str, Callable[[Order, Any], None]] = {
    "submit": lambda order, people: actions.submit(order, actor=people.owner, advice=readiness.advice_kept(order)),
    "send_back": _send_back,
    "accept": lambda order, people: review.accept(order, people.reviewer),
    "send_photo": _send_photo,
    "accept_photo": lambda order, people: review.accept_photo(order, people.reviewer),
    "refuse": lambda order, people: review.refuse(order, people.lead, "网站内容不适合备案"),
    "withdraw": lambda order, people: actions.withdraw(order, actor=people.owner, reason="wrong_details"),
    "reported": _answer(AnswerKind.ACCEPTED),
    "waits": _answer(AnswerKind.WAITS, code="1017", words="变更审核中，不可再次变更"),
    "turn_down": _answer(AnswerKind.TURNED_DOWN, code="1055", words="核验单不属于该备案"),
    "grant": _answer(AnswerKind.GRANTED),
    "ended": _answer(AnswerKind.GRANTED),
    "cancel_refused": _answer(AnswerKind.TURNED_DOWN, code="1025", words="仅剩一个接入"),
    "phones_done": lambda order, people: None if order.state != states.PHONE_DUE else _fire(order, _row("phones_done")),
    "lapse": _lapse,
}


def _row(name: str) -> Move:
    return next(row for row in TABLE.rows if row.name == name)


People = SimpleNamespace  # owner, reviewer, lead
