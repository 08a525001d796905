"""One attempt counted against several limits at once, all or none."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from icpportal.codes import limits
from icpportal.codes.models import Allowance
from verification import attempts

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
KEYS = (("small", "order"), ("large", "account"))


@pytest.fixture(autouse=True)
def two_limits(settings):
    settings.LIMITS = {"small": (3, 3600), "large": (5, 86400), "none": (0, 60)}


def used_attempts(*keys, now=NOW):
    return [settings_amount(name) - attempts.attempts_left(name, key, now=now) for name, key in keys]


def settings_amount(name):
    return limits.limit(name).amount


def test_an_attempt_counts_against_every_key(db):
    assert attempts.consume_all(KEYS, now=NOW) == limits.Allowed(ok=True)

    assert used_attempts(*KEYS) == [1, 1]


def test_when_one_limit_is_used_up_nothing_counts_against_the_other(db):
    for _ in range(3):
        assert attempts.consume_all(KEYS, now=NOW).ok

    refused = attempts.consume_all(KEYS, now=NOW + timedelta(minutes=1))

    assert refused == limits.Allowed(ok=False, until=NOW + timedelta(hours=1))
    assert used_attempts(*KEYS) == [3, 3]


def test_a_pause_ends_with_the_last_of_the_used_up_limits(db):
    for number in range(5):
        attempts.consume_all((("large", "account"),), now=NOW + timedelta(hours=number))
    for _ in range(3):
        attempts.consume_all((("small", "order"),), now=NOW + timedelta(hours=5))

    refused = attempts.consume_all(KEYS, now=NOW + timedelta(hours=5))

    assert refused.until == NOW + timedelta(days=1)


def test_counting_restarts_when_a_window_is_over_and_only_there(db):
    for _ in range(3):
        attempts.consume_all(KEYS, now=NOW)

    again = attempts.consume_all(KEYS, now=NOW + timedelta(hours=1))

    assert again.ok
    assert used_attempts(*KEYS, now=NOW + timedelta(hours=1)) == [1, 4]


def test_another_key_has_its_own_attempts(db):
    for _ in range(3):
        attempts.consume_all(KEYS, now=NOW)

    other = attempts.consume_all((("small", "another order"), ("large", "account")), now=NOW)

    assert other.ok
    assert used_attempts(("small", "order"), ("small", "another order"), ("large", "account")) == [3, 1, 4]


def test_an_attempt_given_back_does_not_count_and_the_count_never_falls_below_zero(db):
    attempts.consume_all(KEYS, now=NOW)

    attempts.refund_all(KEYS)
    attempts.refund_all(KEYS)

    assert used_attempts(*KEYS) == [0, 0]
    assert [row.used for row in Allowance.objects.all()] == [0, 0]


def test_a_limit_of_zero_allows_nothing(db):
    refused = attempts.consume_all((("none", "x"), ("large", "account")), now=NOW)

    assert refused == limits.Allowed(ok=False, until=NOW + timedelta(minutes=1))
    assert not Allowance.objects.exists()


def test_the_attempts_share_the_counters_of_the_limits_of_codes(db):
    limits.consume("small", "order", now=NOW)
    attempts.consume_all(KEYS, now=NOW)

    assert attempts.attempts_left("small", "order", now=NOW) == 1
    assert limits.consume("small", "order", now=NOW).ok
    assert not limits.consume("small", "order", now=NOW).ok
    assert not attempts.consume_all(KEYS, now=NOW).ok


def test_the_keys_themselves_are_not_stored(db):
    attempts.consume_all(KEYS, now=NOW)

    assert {row.key for row in Allowance.objects.all()}.isdisjoint({"order", "account"})


def test_an_attempt_is_one_query_with_new_keys_and_with_known_ones(db, django_assert_num_queries):
    for _first_and_next in range(2):
        with django_assert_num_queries(3):  # with the savepoint around it
            attempts.consume_all(KEYS, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_twelve_concurrent_attempts_pass_exactly_as_often_as_the_limit_allows():
    start = threading.Barrier(12)
    passed = []

    def take() -> None:
        start.wait(5)
        passed.append(attempts.consume_all(KEYS, now=NOW).ok)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(passed) == [False] * 9 + [True] * 3
    assert used_attempts(*KEYS) == [3, 3]
