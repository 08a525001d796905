"""Picture codes of the app: what is checked, what is counted, what costs nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from icpportal.gateways import request_budget
from icpportal.gateways.photo_app import fake
from verification import attempts
from verification.photos import app_codes
from verification.photos.app_codes import Outcome, State

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
CHEN = "13900000002"
FAKES = "icpportal.gateways.photo_app.fake"


@pytest.fixture(autouse=True)
def app(settings):
    settings.PHOTO_APP_GATEWAY = f"{FAKES}.FakeApp"
    settings.LIMITS = {
        "photo_code_order": (5, 3600),
        "photo_code_account": (10, 86400),
        "photo_code_mobile": (10, 86400),
    }
    fake.FakeApp.pictures, fake.FakeApp.asked = {("AB12CD", CHEN): b"photo"}, []
    yield
    fake.FakeApp.pictures, fake.FakeApp.asked = {}, []


def ask(code, *, order="T7Q4-M2KX", account="lin", now=NOW):
    return app_codes.ask(code, CHEN, order_key=order, account_key=account, now=now)


def used_attempts(order="T7Q4-M2KX"):
    keys = zip(app_codes.LIMITS, (order, "lin", CHEN), strict=True)
    return [
        amount - attempts.attempts_left(name, key, now=NOW)
        for amount, (name, key) in zip((5, 10, 10), keys, strict=True)
    ]


def test_a_right_code_gives_the_photo_and_costs_nothing():
    assert ask("AB12CD") == Outcome(State.FOUND, content=b"photo")
    assert fake.FakeApp.asked == [("AB12CD", CHEN)]
    assert used_attempts() == [0, 0, 0]


def test_a_wrong_code_costs_an_attempt_of_the_order_the_account_and_the_mobile():
    assert ask("ZZZZ99") == Outcome(State.WRONG, left=4)
    assert used_attempts() == [1, 1, 1]


def test_after_five_wrong_codes_nothing_is_checked_for_an_hour():
    left = [ask(f"ZZZZ{n}").left for n in range(5)]
    asked = len(fake.FakeApp.asked)

    assert left == [4, 3, 2, 1, 0]
    assert ask("AB12CD", now=NOW + timedelta(minutes=59)) == Outcome(State.PAUSED, until=NOW + timedelta(hours=1))
    assert len(fake.FakeApp.asked) == asked
    assert ask("AB12CD", now=NOW + timedelta(hours=1)).state == State.FOUND


def test_one_mobile_cannot_be_guessed_over_many_orders():
    states = [ask("ZZZZ99", order=f"order {n}", account=f"account {n}").state for n in range(11)]

    assert states == [State.WRONG] * 10 + [State.PAUSED]


@pytest.mark.parametrize("mood", ["Refusing", "Down"])
def test_an_unavailable_or_refusing_system_costs_nothing(settings, mood):
    settings.PHOTO_APP_GATEWAY = f"{FAKES}.{mood}"

    assert ask("AB12CD") == Outcome(State.UNREACHABLE)
    assert used_attempts() == [0, 0, 0]


def test_with_too_many_concurrent_calls_nothing_is_checked_or_counted(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 0

    assert ask("AB12CD") == Outcome(State.BUSY)
    assert (fake.FakeApp.asked, used_attempts()) == ([], [0, 0, 0])
    assert request_budget.slots.in_use == 0


def test_the_photo_is_not_in_its_log_representation():
    assert "photo" not in repr(ask("AB12CD")).removeprefix("Outcome")
