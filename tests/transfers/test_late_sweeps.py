"""A sweep that comes days late: what the clock ends is dated with its deadline, and what is told is told then."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from icpportal.outbox import catalogue, words
from icpportal.outbox.models import Message
from tests.transfers.builders import make_order, moves, sign_in
from tests.transfers.conftest import FakeAuthority
from transfers import actions, states
from transfers.deadlines import sweep
from transfers.extending import extend
from transfers.firing import note
from transfers.judging import judge
from transfers.models import Order, PhoneCheck

pytestmark = pytest.mark.django_db
DUE = timezone.now().replace(microsecond=0) - timedelta(days=3)
LATE = DUE + timedelta(days=3)
ENDS = {
    "expire_draft": (states.DRAFT, {}),
    "cooled": (states.COOLING_OFF, {"kind": states.CANCELLATION}),
    "lapse": (states.PHONE_DUE, {"province": "12"}),
    "go_on": (states.PHONE_DUE, {"province": "12"}),
}


def waits(move: str, **columns: Any) -> Order:
    """An order that this move of the clock ends."""
    state, usual = ENDS[move]
    begun = DUE - timedelta(days=5)
    order = make_order(state=state, due_at=DUE, entered_at=begun, created_at=begun, **{**usual, **columns})
    if state == states.PHONE_DUE:
        stated = DUE - timedelta(hours=1) if move == "go_on" else None
        PhoneCheck.objects.create(order=order, report=order.report, role="administrator", stated_at=stated)
    return order


@pytest.mark.parametrize("move", ENDS)
def test_what_the_clock_ends_is_dated_with_its_deadline(authority: FakeAuthority, move: str) -> None:
    """P31"""
    authority.phone_states = None
    order = waits(move)

    sweep(now=LATE)

    order.refresh_from_db()
    (event,) = order.events.all()
    assert (event.move, event.at, order.entered_at) == (move, DUE, DUE)


def test_an_end_is_kept_and_told_from_its_deadline_on(authority: FakeAuthority, settings: Any) -> None:
    """P31: "kept until" counted from the sweep."""
    order = waits("expire_draft")

    sweep(now=LATE)

    order.refresh_from_db()
    until = DUE + settings.DRAFT_KEPT
    payload = Message.objects.get(template="draft_expired", channel="site").payload
    told = catalogue.render("draft_expired", "site", "en", words.unpack(payload["context"])).text
    assert f"until {words.say('due', until, 'en')}." in told
    assert actions.can_start_again(order, now=until - timedelta(seconds=1))
    assert not actions.can_start_again(order, now=until)


def test_a_page_that_judges_before_the_sweep_dates_the_end_alike() -> None:
    """P31"""
    order = waits("expire_draft")

    judge(order, now=LATE)

    order.refresh_from_db()
    assert (order.events.get().at, order.entered_at) == (DUE, DUE)


def test_a_deadline_that_was_moved_when_it_was_over_ends_the_order_behind_the_move(authority: FakeAuthority) -> None:
    """P31: the end never stands before what happened earlier."""
    order = waits("expire_draft")
    extend(DUE, DUE + timedelta(minutes=1), timedelta(hours=2), reason="outage")
    (moved,) = order.events.all()

    sweep(now=moved.at + timedelta(minutes=1))

    order.refresh_from_db()
    assert moves(order) == ["deadline_moved", "expire_draft"]
    assert order.entered_at == moved.at


def test_the_page_shows_the_deadline_as_the_end(client: Client, authority: FakeAuthority) -> None:
    """P31"""
    order = waits("expire_draft")
    sweep(now=LATE)

    page = sign_in(client, order.owner).get(order.get_absolute_url())

    (event,) = page.context["events"]
    assert event["at"] == DUE


def test_an_end_never_lies_in_the_future() -> None:
    """P31: a clock that was set back between a reminder and the end."""
    order = waits("expire_draft")
    note(order, "reminded", by="clock", at=LATE)

    judge(order, now=DUE)

    assert order.entered_at == DUE
