"""Reviewers claim, accept, return and judge the photo; one at a time, never their own order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reason, make_reviewer, moves
from transfers.models import FieldVerdict, Order, ReviewRound
from transfers.review.actions import (
    NoReasonGiven,
    ReturnedField,
    accept,
    accept_photo,
    refuse,
    refuse_photo,
    send_back,
)
from transfers.review.leases import AssignedToOther, OwnOrder, assign_to_me, release

pytestmark = pytest.mark.django_db


def test_a_claim_keeps_others_away_for_half_an_hour() -> None:
    order, first, second = make_order(state=states.SUBMITTED), make_reviewer(), make_reviewer()
    now = timezone.now()
    assign_to_me(order, first, now=now)

    with pytest.raises(AssignedToOther):
        accept(order, second, now=now + timedelta(minutes=29))
    assign_to_me(order, second, now=now + timedelta(minutes=31))

    order.refresh_from_db()
    assert (order.state, order.reviewer) == (states.SUBMITTED, second)


def test_a_round_records_how_long_the_case_was_open() -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    now = timezone.now()
    assign_to_me(order, reviewer, now=now)
    assign_to_me(order, reviewer, now=now + timedelta(minutes=20))

    accept(order, reviewer, now=now + timedelta(minutes=40))

    kept = order.rounds.get()
    assert (kept.opened_at, kept.decided_at) == (now, now + timedelta(minutes=40))


def test_a_released_order_is_free_again() -> None:
    order, first, second = make_order(state=states.SUBMITTED), make_reviewer(), make_reviewer()
    assign_to_me(order, first)

    assert release(order, second) is False
    assert release(order, first) is True
    assign_to_me(order, second)

    assert Order.objects.get().reviewer == second


def test_nobody_judges_an_order_of_their_own() -> None:
    reviewer = make_reviewer()
    order = make_order(reviewer, state=states.SUBMITTED)

    with pytest.raises(OwnOrder):
        accept(order, reviewer)

    assert (Order.objects.get().state, moves(order)) == (states.SUBMITTED, [])


def test_an_accepted_order_waits_for_its_photo_and_is_free_again() -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()

    accept(order, reviewer)

    order = Order.objects.get()
    assert (order.state, order.reviewer, order.claimed_until) == (states.PHOTO_DUE, None, None)
    assert list(ReviewRound.objects.values_list("number", "decision")) == [(1, "accept")]


def test_a_return_stores_each_field_with_its_value_and_reason() -> None:
    order, reviewer, reason = make_order(state=states.SUBMITTED), make_reviewer(), make_reason("site_name")

    send_back(
        order,
        reviewer,
        [ReturnedField("website.site_name", reason), ReturnedField("paper.statement", None, {"zh": "盖章不清楚"})],
    )

    assert Order.objects.get().state == states.RETURNED
    kept = {verdict.field: (verdict.reason, verdict.words, verdict.value) for verdict in FieldVerdict.objects.all()}
    assert kept == {
        "website.site_name": (reason, "", "示例纸业官网"),
        "paper.statement": (None, "盖章不清楚", ""),
    }
    told = Message.objects.get(template="order_returned", channel="email", user=order.owner)
    assert told.payload["context"]["n"] == 2


def test_a_return_without_a_field_is_no_return() -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()

    with pytest.raises(NoReasonGiven):
        send_back(order, reviewer, [])

    assert (Order.objects.get().state, ReviewRound.objects.count()) == (states.SUBMITTED, 0)


def test_an_accepted_photo_is_valid_for_this_administrator_and_the_order_is_reported() -> None:
    order, reviewer = make_order(state=states.PHOTO_REVIEW), make_reviewer()

    accept_photo(order, reviewer)

    order = Order.objects.get()
    assert (order.state, order.report, bool(order.photo_accepted_for)) == (states.HANDING_OVER, 1, True)
    assert Message.objects.filter(channel="authority").count() == 1


def test_a_refused_photo_is_requested_again_with_the_short_reason() -> None:
    order, reviewer = make_order(state=states.PHOTO_REVIEW), make_reviewer()
    reason = make_reason("photo_clothes", short_en="top is red or blue")

    refuse_photo(order, reviewer, [ReturnedField("photo", reason)])

    assert Order.objects.get().state == states.PHOTO_DUE
    text = Message.objects.get(template="photo_returned", channel="sms", user=order.owner)
    assert text.payload["context"]["reason"]["en"] == "top is red or blue"


def test_only_a_lead_refuses_finally() -> None:
    order, reviewer, lead = make_order(state=states.SUBMITTED), make_reviewer(), make_lead_reviewer()

    refuse(order, lead, "网站内容不适合备案")

    order.refresh_from_db()
    assert (order.state, order.events.get(move="refuse").words) == (states.REFUSED, "网站内容不适合备案")
    assert reviewer.has_perm("transfers.lead_review") is False


def test_the_second_decision_on_one_order_is_refused() -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    stale = Order.objects.get()
    accept(order, reviewer)

    with pytest.raises((MoveNotAllowed, AssignedToOther)):
        send_back(stale, reviewer, [ReturnedField("website.site_name", None, {"en": "late"})])

    assert (Order.objects.get().state, moves(order)) == (states.PHOTO_DUE, ["accept"])
