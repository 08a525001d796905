"""A portal after years of use: many orders, nearly all of them ended, a few of each kind in hand."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from icpportal.accounts.models import User
from tests.transfers import states
from tests.transfers.builders import administrator_answers, subject_answers, type_answers, website_answers
from transfers.models import Order, OrderEvent

IN_HAND_EACH = 20  # orders of every state that does not end an order
OVER = (
    states.APPROVED,
    states.APPROVED,
    states.APPROVED,
    states.WITHDRAWN,
    states.EXPIRED,
    states.LAPSED,
)
DUE = {
    **{state: getattr(settings, name) for state, name in states.KEPT.items()},
    states.PHONE_DUE: timedelta(hours=20),
    states.COOLING_OFF: timedelta(hours=20),
}


def fill(number: int, owners: list[User], *, begin: int = 0, now: datetime | None = None) -> list[Order]:
    """Creates so many orders of these accounts with one event each; a lapsed one has long lost its password.

    `begin` is the number of existing ones.
    """
    now = now or timezone.now()
    in_hand = [state for state in states.ALL if state not in states.ENDED]
    here = [state for state in in_hand for _ in range(min(IN_HAND_EACH, number // 40))]
    chosen = [*here, *(OVER[place % len(OVER)] for place in range(number - len(here)))]
    answers = {"subject": subject_answers(), "website": website_answers(), "administrator": administrator_answers()}
    orders = Order.objects.bulk_create(
        (_order(place, state, owners[place % len(owners)], answers, now, in_hand=place < begin + len(here))
         for place, state in enumerate(chosen, start=begin)),
        batch_size=500,
    )  # fmt: skip
    OrderEvent.objects.bulk_create(
        (OrderEvent(order=each, move="start", from_state="draft", to_state="draft", by="applicant") for each in orders),
        batch_size=500,
    )
    return orders


def _order(place: int, state: str, owner: User, answers: dict[str, Any], now: datetime, *, in_hand: bool) -> Order:
    domain = f"archive{place}.com"
    entered = now - (timedelta(hours=5) if in_hand else timedelta(days=200 + place % 2000))
    number = f"津ICP备{place:08d}号"
    return Order(
        owner=owner,
        state=state,
        due_at=now + DUE[state] if state in DUE else None,
        rule_profile="seed-2018",
        province="12",
        subject_key=f"a{place:063d}",
        domain=domain,
        subject_number=number,
        site_number=f"{number}-1",
        answers={"type": type_answers("12", domain=domain), **answers},
        claimed=state not in states.ENDED,
        password_kept=in_hand,
        created_at=entered,
        entered_at=entered,
    )
