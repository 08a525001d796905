"""A page judges a time that is over by itself: closed at the start, open at the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from icpportal.lifecycle import CLOCK
from tests.transfers.builders import make_order, moves
from transfers import states
from transfers.firing import ORDER
from transfers.judging import is_over, judge
from transfers.models import Order

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("state", [states.DRAFT, states.RETURNED])
def test_the_last_moment_counts_and_the_deadline_itself_does_not(state):
    due = timezone.now()
    order = make_order(state=state, due_at=due)

    assert judge(order, now=due - TICK).state == state
    assert judge(order, now=due).state == states.EXPIRED
    assert moves(order) == ["expire_draft"]


def test_the_phone_window_is_left_to_the_authoritys_last_word():
    order = make_order(state=states.PHONE_DUE)

    assert is_over(order, now=order.due_at)
    assert judge(order, now=order.due_at).state == states.PHONE_DUE
    assert moves(order) == []


def test_an_order_without_a_deadline_is_never_over():
    order = make_order(state=states.SUBMITTED)

    assert not is_over(order)
    assert judge(order).state == states.SUBMITTED


def test_when_the_sweep_was_first_the_page_shows_what_it_left():
    order = make_order(due_at=timezone.now())
    ORDER.fire(Order.objects.get(pk=order.pk), "expire_draft", by=CLOCK)

    assert judge(order).state == states.EXPIRED
    assert moves(order) == ["expire_draft"]
