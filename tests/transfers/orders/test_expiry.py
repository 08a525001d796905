"""A page applies a passed deadline by itself: closed at the deadline, open before it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from icpportal.lifecycle import CLOCK
from tests.transfers import states
from tests.transfers.builders import make_order, moves
from transfers.models import Order
from transfers.orders.expiry import expire_if_due, is_over
from transfers.orders.machine import ORDER

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("state", [states.DRAFT, states.RETURNED])
def test_the_last_moment_counts_and_the_deadline_itself_does_not(state):
    due = timezone.now()
    order = make_order(state=state, due_at=due)

    assert expire_if_due(order, now=due - TICK).state == state
    assert expire_if_due(order, now=due).state == states.EXPIRED
    assert moves(order) == ["expire_draft"]


def test_the_phone_window_is_left_to_the_authoritys_last_answer():
    order = make_order(state=states.PHONE_DUE)

    assert is_over(order, now=order.due_at)
    assert expire_if_due(order, now=order.due_at).state == states.PHONE_DUE
    assert moves(order) == []


def test_an_order_without_a_deadline_is_never_over():
    order = make_order(state=states.SUBMITTED)

    assert not is_over(order)
    assert expire_if_due(order).state == states.SUBMITTED


def test_when_the_sweep_came_first_the_page_shows_its_result():
    order = make_order(due_at=timezone.now())
    ORDER.apply(Order.objects.get(pk=order.pk), "expire_draft", by=CLOCK)

    assert expire_if_due(order).state == states.EXPIRED
    assert moves(order) == ["expire_draft"]
