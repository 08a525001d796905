"""Two actions on one order at the same moment: one wins, the other is told, and nothing is done twice."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.models import Access
from icpportal.codes.models import Allowance
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.fake import FakeAuthority as MinistryInMemory
from icpportal.gateways.miit.types import Answer, AnswerKind, PasswordAnswer, PhoneState, Role
from icpportal.lifecycle import CLOCK, MoveNotAllowed
from icpportal.outbox.models import Message
from icpportal.wizard.storage import RowClosed, keep
from tests.transfers import states
from tests.transfers.builders import (
    make_order,
    make_reason,
    make_reviewer,
    make_user,
    moves,
    sign_in,
    type_answers,
)
from tests.transfers.conftest import FakeAuthority
from tests.transfers.together import together, words
from transfers.authority import results as authority
from transfers.deadlines.sweep import sweep
from transfers.filing_type.decision import Outcome
from transfers.models import FieldVerdict, Order, OrderEvent, ParkedAnswer, PhoneCheck, ReviewRound, TypeCheck
from transfers.orders import actions
from transfers.orders.machine import ORDER
from transfers.phones import windows as phone_windows
from transfers.review import actions as review
from transfers.review.leases import AssignedToOther

pytestmark = pytest.mark.django_db(transaction=True)
GATES = ("service_code",)
ROUNDS = range(4)  # either side can win a race: a few rounds see both


def read(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def keys_queued(order: Order, *templates: str) -> list[str]:
    """Keys of what was queued for an order, without the event's number."""
    rows = Message.objects.filter(reference=order.reference)
    chosen = rows.filter(template__in=templates) if templates else rows
    return sorted(chosen.values_list("key", flat=True))


# --- the filing password claims a subject ----------------------------------------------------


@pytest.fixture
def ministry(settings):
    """Answers "right" to every filing password."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    MinistryInMemory.password_answer = PasswordAnswer.RIGHT
    yield MinistryInMemory
    MinistryInMemory.forget()


def send_password(order: Order) -> Any:
    client = sign_in(Client(), order.owner)
    return lambda: client.post(
        reverse("step", args=[order.reference, "filing_password"]), {"filing_password": "SamplePw1"}
    )


@pytest.mark.parametrize("shared", ["subject_key", "domain"])
def test_two_accounts_confirm_the_password_of_one_filing_and_one_of_them_has_it(ministry, shared):
    for turn in ROUNDS:
        same = {"subject_key": f"{turn:064d}"} if shared == "subject_key" else {"domain": f"race{turn}.com"}
        orders = [make_order(steps=GATES, **same) for _ in range(2)]
        before = [order.answers for order in orders]

        ends = together(*map(send_password, orders))

        assert sorted(end.status_code for end in ends) == [200, 302]
        lost = [end.status_code for end in ends].index(200)
        winner, loser = read(orders[1 - lost]), read(orders[lost])
        assert [(each.claimed, each.password_kept) for each in (winner, loser)] == [(True, True), (False, False)]
        assert (loser.state, loser.answers, loser.password_digest) == (states.DRAFT, before[lost], "")
        assert ends[lost].context["form"].errors.as_data()["__all__"][0].code == "taken"
        assert winner.owner.email not in ends[lost].content.decode()
    assert set(Allowance.objects.filter(name__startswith="filing_password").values_list("used", flat=True)) == {0}


def confirm_password(order: Order) -> None:
    actions.keep_password(order, "0" * 32, number=order.site_number)


def test_the_loser_of_a_claim_is_told_the_rule_and_may_continue_once_the_other_abandoned():
    orders = [make_order(steps=GATES, subject_key="7" * 64) for _ in range(2)]

    ends = together(*(lambda order=order: confirm_password(order) for order in orders))

    assert words(ends) == ["AlreadyOrdered", "done"]
    winner, loser = sorted(orders, key=lambda order: not read(order).claimed)
    actions.abandon(read(winner), actor=winner.owner)
    confirm_password(read(loser))
    assert read(loser).claimed


# --- one start, one submit -------------------------------------------------------------------


def test_two_tabs_start_one_order_from_one_answer():
    for turn in ROUNDS:
        owner = make_user()
        check = TypeCheck.objects.create(
            owner=owner,
            answers=type_answers(domain=f"tabs{turn}.com"),
            outcome=Outcome.TRANSFER,
            subject_number="宁ICP备00000000号",
            site_number="宁ICP备00000000号-1",
        )
        tabs = [TypeCheck.objects.select_related("order").get(pk=check.pk) for _ in range(3)]

        ends = together(*(lambda tab=tab: actions.start(tab) for tab in tabs))

        order = Order.objects.get(owner=owner)
        assert ends == [order] * 3
        assert TypeCheck.objects.get(pk=check.pk).order == order
        assert moves(order) == ["start"]


def test_submit_pressed_twice_at_once_sends_one_order_and_one_set_of_messages():
    for _turn in ROUNDS:
        order = make_order()
        presses = [read(order) for _ in range(3)]

        ends = together(*(lambda press=press: actions.submit(press, actor=press.owner) for press in presses))

        assert words(ends) == ["MoveNotAllowed", "MoveNotAllowed", "done"]
        assert (read(order).state, moves(order)) == (states.SUBMITTED, ["submit"])
        event = OrderEvent.objects.get(order=order)
        lone = make_order(state=states.DRAFT)
        expected = actions.submit(lone, actor=lone.owner)
        assert keys_queued(order) == [key.replace(f":{expected.pk}:", f":{event.pk}:") for key in keys_queued(lone)]


def test_two_accounts_submit_the_same_filing_without_a_password_and_one_is_first():
    orders = [make_order(subject_key="8" * 64, claimed=False, password_kept=False) for _ in range(2)]

    ends = together(*(lambda order=order: actions.submit(order, actor=order.owner) for order in orders))

    assert words(ends) == ["AlreadyOrdered", "done"]
    assert sorted(read(order).state for order in orders) == [states.DRAFT, states.SUBMITTED]
    assert sorted(len(moves(order)) for order in orders) == [0, 1]


# --- one decision ----------------------------------------------------------------------------


def test_two_reviewers_decide_at_once_and_one_decision_stands():
    named = [review.ReturnedField("subject.lead_name", make_reason())]
    for _turn in ROUNDS:
        order = make_order(state=states.SUBMITTED)
        first, second = make_reviewer(), make_reviewer()

        ends = together(
            lambda order=order, who=first: review.accept(read(order), who),
            lambda order=order, who=second: review.send_back(read(order), who, named),
        )

        assert words(ends)[1] == "done"
        assert words(ends)[0] in ("AssignedToOther", "MoveNotAllowed")
        accepted = not isinstance(ends[0], Exception)
        assert read(order).state == (states.PHOTO_DUE if accepted else states.RETURNED)
        assert moves(order) == ["accept" if accepted else "send_back"]
        assert [each.decision for each in ReviewRound.objects.filter(order=order)] == moves(order)
        assert FieldVerdict.objects.filter(round__order=order).count() == (0 if accepted else 1)
        assert {key.partition(":")[0] for key in keys_queued(order)} == {
            "photo_requested" if accepted else "order_returned"
        }


def test_one_reviewer_who_clicks_twice_decides_once():
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()

    ends = together(*(lambda: review.accept(read(order), reviewer) for _ in range(2)))

    assert words(ends)[1] == "done"
    assert words(ends)[0] in ("AssignedToOther", "MoveNotAllowed")
    assert (moves(order), ReviewRound.objects.filter(order=order).count()) == (["accept"], 1)


def test_a_withdrawal_and_an_acceptance_at_once_leave_one_of_them():
    seen = set()
    for _turn in ROUNDS:
        order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
        mine, theirs = (
            read(order),
            read(order),
        )  # as it was submitted; withdrawing afterwards is legal

        ends = together(
            lambda mine=mine: actions.withdraw(mine, actor=mine.owner, reason="not_wanted"),
            lambda theirs=theirs, who=reviewer: review.accept(theirs, who),
        )

        assert words(ends)[1] == "done"
        withdrawn = not isinstance(ends[0], Exception)
        assert isinstance(ends[withdrawn], MoveNotAllowed | AssignedToOther)
        assert moves(order) == (["withdraw"] if withdrawn else ["accept"])
        assert read(order).state == (states.WITHDRAWN if withdrawn else states.PHOTO_DUE)
        assert read(order).password_kept is not withdrawn
        assert {key.partition(":")[0] for key in keys_queued(order)} == {
            "order_withdrawn" if withdrawn else "photo_requested"
        }
        seen.add(withdrawn)
    assert seen


# --- two tabs --------------------------------------------------------------------------------


def test_two_tabs_save_two_pages_and_both_stay():
    for _turn in ROUNDS:
        order = make_order(steps=("service_code", "filing_password"))
        pages = {
            "subject": {"lead_name": "林示范"},
            "website": {"site_name": "示例"},
            "administrator": {"admin_name": "陈样例"},
        }
        tabs = [(read(order), step, values) for step, values in pages.items()]

        ends = together(*(lambda tab=tab: keep(*tab) for tab in tabs))

        assert words(ends) == ["done"] * 3
        assert {step: read(order).answers[step] for step in pages} == pages
        assert read(order).version == order.version + 3


def test_submit_and_another_tabs_save_never_submit_what_was_not_checked():
    for _turn in ROUNDS:
        order = make_order()
        checked, other_tab = read(order), read(order)
        edited = {**order.answer("website"), "site_name": "另一个名称"}

        ends = together(
            lambda checked=checked: actions.submit(checked, actor=checked.owner),
            lambda tab=other_tab, edited=edited: keep(tab, "website", edited),
        )

        now = read(order)
        if isinstance(ends[0], MoveNotAllowed):
            assert ends[1] is None
            assert (now.state, now.answer("website"), moves(order)) == (states.DRAFT, edited, [])
            assert keys_queued(order) == []
        else:
            assert isinstance(ends[1], RowClosed)
            assert (now.state, now.answer("website")) == (states.SUBMITTED, order.answer("website"))
            assert moves(order) == ["submit"]


# --- the clock and the authority -------------------------------------------------------------


def test_two_concurrent_sweeps_lapse_an_order_once_and_neither_calls_it_a_failure(authority: FakeAuthority):
    authority.phone_states = []
    now = timezone.now()
    orders = [make_order(state=states.PHONE_DUE, province="12", due_at=now - timedelta(seconds=1)) for _ in range(4)]

    ends = together(*(lambda: sweep(now=now) for _ in range(3)))

    assert [end.failed for end in ends] == [0, 0, 0]
    assert sum((Counter(end.moved) for end in ends), Counter()) == {"lapse": 4}
    for order in orders:
        assert (read(order).state, moves(order)) == (states.LAPSED, ["lapse"])
        assert len(keys_queued(order)) == len(set(keys_queued(order))) > 0


def test_two_sweeps_at_once_remind_once(authority: FakeAuthority):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    order = make_order(
        state=states.PHONE_DUE,
        province="12",
        due_at=noon + timedelta(hours=5),
        entered_at=noon - timedelta(hours=30),
    )
    PhoneCheck.objects.create(order=order, report=order.report, role="administrator", mobile_masked="139****0002")

    ends = together(*(lambda: sweep(now=noon) for _ in range(3)))

    assert sum((Counter(end.moved) for end in ends), Counter()) == {"phones_6h": 1}
    assert {key.partition(":")[0] for key in keys_queued(order)} == {"phones_6h"}


@pytest.mark.parametrize(
    ("kind", "state", "move"),
    [
        (AnswerKind.ACCEPTED, states.HANDING_OVER, "reported"),
        (AnswerKind.GRANTED, states.AUTHORITY_REVIEW, "grant"),
        (AnswerKind.TURNED_DOWN, states.AUTHORITY_REVIEW, "turn_down"),
        (AnswerKind.REPORT_FAILED, states.AUTHORITY_REVIEW, "report_failed"),
    ],
)
def test_two_workers_fetch_one_answer_at_once_and_it_counts_once(authority: FakeAuthority, kind, state, move):
    for _turn in ROUNDS:
        order = make_order(state=state, province="44")
        answer = Answer(f"{kind}-{order.reference}", kind, order.report_key, timezone.now(), code="1002", words="不符")
        authority.waiting = [answer]

        ends = together(*(lambda: pull_now() for _ in range(3)))

        assert words(ends) == ["done"] * 3
        assert moves(order) == [move]
        assert ParkedAnswer.objects.count() == 0
        assert Access.objects.filter(report_key=order.report_key).count() == (kind == AnswerKind.GRANTED)


def pull_now() -> int:
    return authority.pull()


def asked_now(order: Order) -> bool:
    return phone_windows.refresh(read(order), now=timezone.now())


def test_two_workers_learn_of_the_last_confirmed_phone_at_once(authority: FakeAuthority):
    for _turn in ROUNDS:
        now = timezone.now()
        authority.phone_states = [PhoneState(Role.ADMINISTRATOR, "139****0002", now, now, 0)]
        order = make_order(state=states.PHONE_DUE, province="12")

        ends = together(*(lambda order=order: asked_now(order) for _ in range(3)))

        assert words(ends) == ["done"] * 3
        assert (read(order).state, moves(order)) == (states.AUTHORITY_REVIEW, ["phones_done"])


def test_a_confirmation_and_the_deadline_at_once_leave_one_of_them(authority: FakeAuthority):
    now = timezone.now()
    confirmed = [PhoneState(Role.ADMINISTRATOR, "139****0002", now, now - timedelta(seconds=2), 0)]
    for _turn in ROUNDS:
        order = make_order(state=states.PHONE_DUE, province="12", due_at=now - timedelta(seconds=1))
        authority.phone_states = confirmed
        late = read(order)

        ends = together(
            lambda order=order: asked_now(order),
            lambda late=late: ORDER.apply(late, "lapse", by=CLOCK, facts={"due": late.due_at}, now=now),
        )

        assert not isinstance(ends[0], Exception)
        assert moves(order) in (["phones_done"], ["lapse"])
        assert isinstance(ends[1], MoveNotAllowed) is (moves(order) == ["phones_done"])


def test_an_authority_that_goes_down_in_between_stops_no_sweep(authority: FakeAuthority):
    authority.down = True
    order = make_order(state=states.DRAFT, due_at=timezone.now() - timedelta(days=1))

    ends = together(*(lambda: sweep() for _ in range(2)), lambda: pull_now())

    assert isinstance(ends[2], Retryable)
    assert (read(order).state, moves(order)) == (states.EXPIRED, ["expire_draft"])
