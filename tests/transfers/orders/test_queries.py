"""Queries about orders hold in the states they are about, and no longer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK
from tests.transfers import states
from tests.transfers.builders import fire, make_order
from transfers.models import Order
from transfers.orders import queries

pytestmark = pytest.mark.django_db
OTHER_REQUEST_FIRST = "1017"  # the ministry's code


def put_off() -> Order:
    order = make_order(state=states.AUTHORITY_REVIEW, authority_code=OTHER_REQUEST_FIRST)
    return fire(order, "waits", AUTHORITY)


def test_a_postponed_order_waits_for_the_other_decision() -> None:
    assert queries.waits_for_other_decision(put_off())


def test_once_approved_a_postponed_order_waits_for_nothing() -> None:
    order = put_off()

    fire(order, "grant", AUTHORITY)

    assert not queries.waits_for_other_decision(order)


def test_a_postponed_order_waits_no_longer_after_another_answer() -> None:
    order = put_off()
    order.authority_code = "1018"

    assert not queries.waits_for_other_decision(order)


@pytest.mark.parametrize(
    ("state", "comes_back", "by"),
    [
        (states.PHONE_DUE, "lapse", CLOCK),
        (states.AUTHORITY_REVIEW, "turn_down", AUTHORITY),
    ],
)
def test_a_filing_password_is_kept_from_the_moment_its_order_was_returned(
    settings: Any, state: str, comes_back: str, by: str
) -> None:
    now = timezone.now()
    kept = settings.PASSWORD_DIGEST_KEPT
    order = make_order(state=state, created_at=now - timedelta(days=1))
    facts = {**queries.facts_of(order), "reason": "", "mobiles": "", "due": now}
    fire(order, comes_back, by, facts=facts, now=now)
    fire(order, "mend", APPLICANT, now=now + timedelta(days=5))  # opening it for changes does not restart the time

    erased = [list(queries.digests_to_erase(now + after)) for after in (kept, kept + timedelta(seconds=1))]

    assert erased == [[], [order]]
