import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from icpportal import settings as portal_settings
from icpportal.codes import limits
from icpportal.codes.limits import Allowed
from icpportal.codes.models import Allowance
from tests.icpportal.codes.test_actions import at_once
from tests.test_house import python_files

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def three_an_hour(settings):
    settings.LIMITS = {"service_code": (3, 3600), "verify_type": (3, 60)}


def take(key="lin", *, name="service_code", now=NOW):
    return limits.consume(name, key, now=now)


@pytest.mark.django_db
def test_the_limit_allows_its_attempts_and_the_next_is_told_when_to_try_again():
    answers = [take(now=NOW + minutes * timedelta(minutes=1)) for minutes in range(4)]

    assert answers == [Allowed(True)] * 3 + [Allowed(False, NOW + HOUR)]


@pytest.mark.django_db
def test_counting_restarts_after_the_window():
    for _ in range(4):
        take()

    just_before, at_the_end = take(now=NOW + HOUR - timedelta(seconds=1)), take(now=NOW + HOUR)

    assert just_before == Allowed(False, NOW + HOUR)
    assert at_the_end == Allowed(True)
    assert [(row.used, row.began_at) for row in Allowance.objects.all()] == [(1, NOW + HOUR)]


@pytest.mark.django_db
def test_one_key_or_limit_does_not_use_up_another():
    for _ in range(4):
        take("lin")

    assert take("chen") == Allowed(True)
    assert take("lin", name="verify_type") == Allowed(True)
    assert take("lin") == Allowed(False, NOW + HOUR)


@pytest.mark.django_db
def test_an_attempt_given_back_can_be_taken_again():
    for _ in range(3):
        take()

    limits.refund("service_code", "lin")

    assert [take(), take()] == [Allowed(True), Allowed(False, NOW + HOUR)]


@pytest.mark.django_db
def test_nothing_can_be_given_back_that_was_not_taken():
    take()
    limits.refund("service_code", "lin")
    limits.refund("service_code", "lin")

    assert Allowance.objects.get().used == 0


@pytest.mark.django_db
def test_reset_clears_every_limit_of_the_key_and_no_other_key():
    for key in ("lin", "lin", "chen"):
        take(key)
    take("lin", name="verify_type")

    counted, gone = limits.reset(["lin"], dry_run=True), limits.reset(["lin"])

    assert (counted, gone) == (2, 2)
    assert list(Allowance.objects.values_list("key", flat=True)) == [limits.key_index("chen")]


@pytest.mark.django_db
def test_a_limit_of_zero_allows_nothing(settings):
    settings.LIMITS = {"service_code": (0, 3600)}

    assert take() == Allowed(False, NOW + HOUR)


@pytest.mark.django_db
def test_a_limit_missing_in_the_settings_is_an_error():
    with pytest.raises(KeyError):
        limits.consume("no_such_limit", "lin")


def test_every_limit_that_the_code_consumes_is_in_the_settings():
    packages = ("icpportal", "filings", "transfers", "verification")
    texts = [path.read_text("utf-8") for path in python_files(packages=packages)]
    consumed = {name for text in texts for name in re.findall(r"\bconsume\(\s*\"(\w+)\"", text)}

    assert "page_drafts" in consumed
    assert consumed - set(portal_settings.LIMITS) == set()


@pytest.mark.django_db
def test_the_key_is_not_readable_in_the_table():
    take("13900000001")

    row = Allowance.objects.get()
    assert "13900000001" not in f"{row.key}{row}"
    assert len(row.key) == 64


@pytest.mark.django_db
def test_old_counters_are_deleted_and_current_ones_stay():
    take("lin")
    take("chen", now=NOW + HOUR)

    gone = limits.forget_old(now=NOW + HOUR)

    assert gone == 1
    assert [row.key for row in Allowance.objects.all()] == [limits.key_index("chen")]


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["the first", "another", "the first of a new window"])
def test_an_attempt_that_is_allowed_takes_one_query(django_assert_num_queries, when):
    if when != "the first":
        take()
    later = HOUR if when == "the first of a new window" else timedelta()

    with django_assert_num_queries(1):
        assert take(now=NOW + later).ok


@pytest.mark.django_db(transaction=True)
def test_concurrent_attempts_are_counted_one_by_one():
    answers = at_once(lambda _number: take().ok, 8)

    assert sorted(answers) == [False] * 5 + [True] * 3
    assert Allowance.objects.get().used == 3


@pytest.mark.django_db(transaction=True)
def test_concurrent_attempts_in_a_new_window_are_counted_one_by_one():
    for _ in range(3):
        take()

    answers = at_once(lambda _number: take(now=NOW + HOUR).ok, 8)

    assert sorted(answers) == [False] * 5 + [True] * 3


@pytest.mark.services
@pytest.mark.django_db
def test_postgresql_plans_the_counting_once_even_within_transactions(monkeypatch):
    """Whatever a migration does, it returns columns of the same types: it can be prepared there."""
    monkeypatch.setattr(type(connections["default"]), "prepares_in_transactions", False)

    for _time in range(2):
        assert take() == Allowed(True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'INSERT%codes_allowance%'")
        assert {sql.partition(" RETURNING ")[2] for (sql,) in cursor.fetchall()} == {"name::text, used::bigint"}


@pytest.mark.django_db
def test_nobody_waits_longer_than_a_window_after_the_clock_was_set_back():
    for _ in range(3):
        take()

    early = NOW - HOUR
    assert take(now=early) == Allowed(False, early + HOUR)
    assert take(now=early + HOUR - timedelta(seconds=1)) == Allowed(False, early + HOUR)
    assert take(now=early + HOUR) == Allowed(True)


@pytest.mark.django_db
def test_after_an_error_that_is_caught_the_rest_of_its_transaction_is_not_written_either():
    refused_by_the_table = limits.Attempt(limits.limit("verify_type"), "verify_type", "lin", cost=-1)

    with transaction.atomic():
        with suppress(IntegrityError):
            limits.count_all([refused_by_the_table], NOW)
        with pytest.raises(TransactionManagementError):
            take()
