"""The orders of the demo: each that is possible with the current settings."""

import random
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse

from demo.seed import accounts, second_look
from demo.seed import orders as demo_orders
from icpportal.accounts import roles
from icpportal.accounts.models import User
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user, sign_in
from transfers.models import Call, Objection, Order, OrderEvent, ReviewRound
from transfers.review.baskets.rows import in_review


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "missing"), [(0, [states.COOLING_OFF]), (24, [])])
def test_a_stoppable_cancellation_is_shown_only_where_cancellations_can_be_stopped(
    settings: Any, monkeypatch: pytest.MonkeyPatch, hours: int, missing: list[str]
) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=hours)
    placed: dict[int, str] = {}
    monkeypatch.setattr(demo_orders, "_place", lambda owner, seed, dice, number: placed.update({number: seed.state}))
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)

    demo_orders.place(make_user("lin@example.com"), random.Random(1))

    everything = dict(enumerate(seed.state for seed in demo_orders.SEEDS))
    assert {number: state for number, state in everything.items() if state not in missing} == placed


@pytest.mark.django_db
def test_a_reviewer_of_the_demo_finds_a_day_of_mixed_work(monkeypatch: pytest.MonkeyPatch) -> None:
    roles.ensure()
    people = accounts.open_accounts()
    with_us = (states.SUBMITTED, states.PHOTO_REVIEW)
    monkeypatch.setattr(demo_orders, "SEEDS", [seed for seed in demo_orders.SEEDS if seed.state in with_us])
    monkeypatch.setattr(demo_orders.free_filings, "ministry", Mock())
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)

    demo_orders.place(people["applicant"], random.Random(1))

    open_ones = Order.objects.filter(in_review())
    assert open_ones.count() >= 6
    assert len(set(open_ones.values_list("province", flat=True))) >= 4
    assert open_ones.filter(state=states.PHOTO_REVIEW).count() == 3
    again = ReviewRound.objects.filter(order__in=open_ones, decision="send_back")
    assert again.count() == 1
    objection, call = Objection.objects.get(), Call.objects.get()
    assert {objection.order, call.order} <= set(open_ones)
    assert (objection.owner, call.ended_at) == (people["newcomer"], None)


@pytest.mark.django_db
def test_a_returned_demo_order_was_returned_when_its_timeline_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page quoted our reviewer at another hour than the timeline."""
    returned = [seed for seed in demo_orders.SEEDS if "send_back" in seed.moves]
    monkeypatch.setattr(demo_orders, "SEEDS", returned)
    monkeypatch.setattr(demo_orders.free_filings, "ministry", Mock())
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)
    monkeypatch.setattr(demo_orders, "_papers", lambda order, **options: None)

    demo_orders.place(make_user("lin@example.com"), random.Random(1))

    rounds = ReviewRound.objects.filter(decision="send_back")
    told = {each.order_id: each.decided_at for each in rounds}
    events = OrderEvent.objects.filter(order__in=told, move="send_back")
    assert told == {each.order_id: each.at for each in events}
    assert len(told) == len(returned)


@pytest.mark.django_db
def test_its_last_order_waits_for_a_second_person_once() -> None:
    applicant, colleague = make_user("lin@example.com"), make_reviewer()
    order = make_order(
        owner=applicant, state=states.PHOTO_REVIEW, domain=demo_orders.domain_of(len(demo_orders.SEEDS) - 1)
    )

    second_look.place(applicant, colleague)
    second_look.place(applicant, colleague)

    asked = ApprovalRequest.objects.get(kind=SUBMIT, key=str(order.pk), outcome="")
    assert (asked.asked_by, order.rounds.count()) == (colleague, 2)


def test_the_timeline_of_a_returned_order_has_the_code_of_its_page() -> None:
    """The page said 1055 and the timeline 1056, whose advice is for operations."""
    seed = next(each for each in demo_orders.SEEDS if each.state == states.AUTHORITY_RETURNED)
    columns = seed.columns

    assert demo_orders.NOTES["turn_down"] == f"{columns['authority_code']} {columns['authority_words']}"


@pytest.mark.django_db
def test_operations_read_why_the_demo_order_is_on_hold(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row named neither the fault nor what to do."""
    monkeypatch.setattr(demo_orders, "SEEDS", [seed for seed in demo_orders.SEEDS if seed.columns.get("held")])
    monkeypatch.setattr(demo_orders.free_filings, "ministry", Mock())
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)
    monkeypatch.setattr(demo_orders, "EXTRAS", {})
    monkeypatch.setattr(demo_orders, "_papers", lambda order, **options: None)
    demo_orders.place(make_user("lin@example.com"), random.Random(1))

    settings.STAFF_SECOND_FACTOR = False
    client.cookies["django_language"] = "en"
    sign_in(client, make_user("ops@example.com", held_roles=(roles.OPERATIONS,)))
    page = client.get(reverse("admin:transfers_order_changelist"), {"queue": "held"}).content.decode()

    assert "The address is not in our own IP filings: report it first" in page
    assert OrderEvent.objects.get(move="report_failed").words == demo_orders.OUR_FAULT


@pytest.mark.django_db
def test_a_demo_order_was_submitted_on_the_same_day_in_its_progress_bar_and_its_timeline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The progress bar said the day before, and the timeline today."""
    roles.ensure()
    accounts.open_accounts()
    monkeypatch.setattr(demo_orders.free_filings, "ministry", Mock())
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)
    monkeypatch.setattr(demo_orders, "EXTRAS", {})
    monkeypatch.setattr(demo_orders, "_papers", lambda order, **options: None)

    demo_orders.place(User.objects.get(email="lin@example.com"), random.Random(1))

    orders = Order.objects.all()
    events = {order.pk: list(order.events.order_by("at")) for order in orders}
    told = {order.pk: [each.at for each in events[order.pk] if each.move == "submit"][-1:] for order in orders}
    assert told == {order.pk: [order.submitted_at] if order.submitted_at else [] for order in orders}
    assert [order.pk for order in orders if order.entered_at not in [each.at for each in events[order.pk]]] == []
