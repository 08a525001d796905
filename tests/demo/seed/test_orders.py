"""The orders of the demo: each that can come about with the settings there are."""

import random
from datetime import timedelta
from typing import Any

import pytest

from demo.seed import orders as demo_orders
from tests.transfers import states
from tests.transfers.builders import make_user


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "missing"), [(0, [states.COOLING_OFF]), (24, [])])
def test_a_cancellation_that_can_be_stopped_is_shown_only_where_cancellations_can(
    settings: Any, monkeypatch: pytest.MonkeyPatch, hours: int, missing: list[str]
) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=hours)
    placed: dict[int, str] = {}
    monkeypatch.setattr(demo_orders, "_place", lambda owner, seed, dice, number: placed.update({number: seed.state}))
    monkeypatch.setattr(demo_orders, "save_names", lambda names: None)

    demo_orders.place(make_user("lin@example.com"), random.Random(1))

    everything = dict(enumerate(seed.state for seed in demo_orders.SEEDS))
    assert {number: state for number, state in everything.items() if state not in missing} == placed
