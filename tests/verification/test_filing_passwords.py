"""Filing passwords: what is checked, what is counted, what is stored."""

import hashlib
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.views.debug import SafeExceptionReporterFilter

from icpportal.codes.models import Allowance
from icpportal.gateways.miit import fake
from icpportal.gateways.miit.types import PasswordAnswer
from icpportal.gateways.request_budget import request_budget
from verification import attempts, filing_passwords
from verification.filing_passwords import State
from verification.models import WrongPassword

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
NUMBER = "宁ICP备00000000号"
RIGHT = "Abc12345"


@pytest.fixture(autouse=True)
def known_number(settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    settings.LIMITS = {
        "filing_password_order": (5, 3600),
        "filing_password_account": (10, 86400),
        "filing_password_number": (10, 86400),
    }
    fake.FakeAuthority.forget()
    fake.FakeAuthority.passwords[NUMBER] = RIGHT
    yield
    fake.FakeAuthority.forget()


def ask(password, number=NUMBER, order="T7Q4-M2KX", account="lin@example.com", now=NOW):
    return filing_passwords.ask(number, password, order_key=order, account_key=account, now=now)


def used_attempts(order="T7Q4-M2KX", account="lin@example.com", number=NUMBER):
    keys = zip(filing_passwords.LIMITS, (order, account, number), strict=True)
    amounts = (5, 10, 10)
    return [
        amount - attempts.attempts_left(name, key, now=NOW) for amount, (name, key) in zip(amounts, keys, strict=True)
    ]


def test_a_right_password_gives_the_digest_for_the_report_and_costs_nothing(db):
    outcome = ask(RIGHT)

    assert outcome.state == State.RIGHT
    assert outcome.digest == "1a64a010767f0725fb52111b0a9e9f84"  # the ministry's own example
    assert used_attempts() == [0, 0, 0]


def test_a_wrong_password_costs_an_attempt_of_the_order_the_account_and_the_number(db):
    outcome = ask("wrong")

    assert outcome == filing_passwords.Outcome(State.WRONG, left=4)
    assert used_attempts() == [1, 1, 1]


def test_a_password_is_case_sensitive(db):
    assert ask(RIGHT.lower()).state == State.WRONG


def test_after_five_wrong_ones_the_order_is_paused_and_the_authority_is_not_queried(db):
    left = [ask(f"wrong {n}").left for n in range(5)]
    asked = len(fake.FakeAuthority.asked)

    paused = ask(RIGHT, now=NOW + timedelta(minutes=59))
    after = ask(RIGHT, now=NOW + timedelta(hours=1))

    assert left == [4, 3, 2, 1, 0]
    assert paused == filing_passwords.Outcome(State.PAUSED, until=NOW + timedelta(hours=1))
    assert after.state == State.RIGHT
    assert len(fake.FakeAuthority.asked) == asked + 1


def test_one_account_cannot_guess_over_many_orders(db):
    for n in range(10):
        ask(f"wrong {n}", order=f"order {n}", number=f"number {n}")

    assert ask(RIGHT, order="order 11").state == State.PAUSED
    assert ask(RIGHT, order="order 11", account="chen@example.com").state == State.RIGHT


def test_one_number_cannot_be_guessed_over_many_accounts(db):
    for n in range(10):
        ask(f"wrong {n}", order=f"order {n}", account=f"{n}@example.com")

    paused = ask(RIGHT, order="order 11", account="chen@example.com")

    assert paused == filing_passwords.Outcome(State.PAUSED, until=NOW + timedelta(days=1))


@pytest.mark.parametrize("gateway", ["Down", "Refusing"])
def test_an_authority_that_cannot_answer_costs_nothing(db, settings, gateway):
    settings.AUTHORITY_GATEWAY = f"icpportal.gateways.miit.fake.{gateway}"

    outcomes = [ask(RIGHT) for _ in range(7)]

    assert outcomes == [filing_passwords.Outcome(State.UNREACHABLE, left=5)] * 7
    assert used_attempts() == [0, 0, 0]
    assert not WrongPassword.objects.exists()


def test_an_answer_without_a_verdict_costs_nothing(db):
    fake.FakeAuthority.password_answer = PasswordAnswer.CANNOT_TELL

    assert ask(RIGHT) == filing_passwords.Outcome(State.UNREACHABLE, left=5)
    assert used_attempts() == [0, 0, 0]


def test_a_stalling_authority_is_given_up_in_time_and_costs_nothing(db, settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Stalling"
    settings.GATEWAY_REQUEST_SECONDS = 0.2
    begun = time.monotonic()

    outcome = ask(RIGHT)

    assert outcome.state == State.UNREACHABLE
    assert time.monotonic() - begun < 0.8
    assert used_attempts() == [0, 0, 0]


def test_a_locked_and_an_unknown_number_are_separate_answers_and_cost_an_attempt(db):
    fake.FakeAuthority.password_answer = PasswordAnswer.LOCKED
    locked = ask(RIGHT)
    fake.FakeAuthority.password_answer = None
    unknown = ask(RIGHT, number="宁ICP备99999999号")

    assert (locked.state, locked.left) == (State.LOCKED, 4)
    assert (unknown.state, unknown.left) == (State.UNKNOWN_NUMBER, 3)
    assert not WrongPassword.objects.exists()


def test_the_same_wrong_value_is_sent_to_the_authority_once_for_all_orders_and_still_costs_an_attempt(db):
    first = ask("wrong")
    second = ask("wrong")
    third = ask("wrong", order="another", account="chen@example.com")

    assert [(one.state, one.left) for one in (first, second, third)] == [
        (State.WRONG, 4),
        (State.WRONG, 3),
        (State.WRONG, 4),
    ]
    assert fake.FakeAuthority.asked == [("password", NUMBER)]


def test_a_value_wrong_for_one_number_is_sent_for_another(db):
    fake.FakeAuthority.passwords["宁ICP备00000001号"] = "wrong"
    ask("wrong")

    assert ask("wrong", number="宁ICP备00000001号").state == State.RIGHT


def test_a_wrong_value_is_sent_again_after_a_day_because_the_ministry_may_have_issued_it_since(db):
    ask("wrong")
    fake.FakeAuthority.passwords[NUMBER] = "wrong"

    before = ask("wrong", now=NOW + timedelta(hours=23))
    after = ask("wrong", now=NOW + timedelta(hours=24))

    assert (before.state, after.state) == (State.WRONG, State.RIGHT)


def test_only_a_keyed_digest_of_a_wrong_value_is_stored_and_none_of_a_right_one(db, settings):
    ask("wrong")
    ask(RIGHT)

    row = WrongPassword.objects.get()
    plain = {hashlib.sha256(text.encode()).hexdigest() for text in ("wrong", f"{NUMBER}wrong", f"{NUMBER}\x1fwrong")}
    assert row.digest not in plain
    settings.BLIND_INDEX_KEY = "another key"
    assert filing_passwords.wrong_digest(NUMBER, "wrong") != row.digest


def test_digests_of_wrong_values_are_purged_after_a_day(db):
    ask("old", now=NOW - timedelta(days=1))
    ask("new")

    counted_only = filing_passwords.purge(now=NOW, dry_run=True)
    purged = filing_passwords.purge(now=NOW)

    assert (counted_only, purged) == (1, 1)
    assert [row.digest for row in WrongPassword.objects.all()] == [filing_passwords.wrong_digest(NUMBER, "new")]


def test_the_third_concurrent_caller_is_told_busy_and_nothing_is_queried_or_counted(db, settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 0

    outcome = ask(RIGHT)

    assert outcome == filing_passwords.Outcome(State.BUSY, left=5)
    assert fake.FakeAuthority.asked == []
    assert used_attempts() == [0, 0, 0]


def test_a_query_nested_in_the_requests_own_call_shares_its_slot(db, settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 1

    with request_budget():
        assert ask(RIGHT).state == State.RIGHT


@pytest.mark.django_db(transaction=True)
def test_with_a_stalling_authority_the_third_caller_is_refused_within_a_second(settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Stalling"
    settings.GATEWAY_REQUEST_SECONDS = 1.5
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    outcomes = []

    def stalled(order: str) -> None:
        outcomes.append(ask(RIGHT, order=order).state)
        connection.close()

    threads = [threading.Thread(target=stalled, args=(f"order {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    while len(fake.FakeAuthority.asked) < 2:
        time.sleep(0.01)

    begun = time.monotonic()
    third = ask(RIGHT, order="order 3")
    waited = time.monotonic() - begun
    for thread in threads:
        thread.join()

    assert third.state == State.BUSY
    assert waited < 1.3
    assert outcomes == [State.UNREACHABLE] * 2
    assert [row.used for row in Allowance.objects.all()] == [0] * Allowance.objects.count()


@pytest.mark.django_db(transaction=True)
def test_concurrent_guesses_are_checked_exactly_as_often_as_the_limit_allows(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 20
    start = threading.Barrier(12)
    outcomes = []

    def guess(number: int) -> None:
        start.wait(5)
        outcomes.append(ask(f"wrong {number}").state)
        connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [State.PAUSED] * 7 + [State.WRONG] * 5
    assert len(fake.FakeAuthority.asked) == 5


@pytest.mark.parametrize(("password", "amount"), [(RIGHT, 3), ("wrong", 4)])
def test_a_check_takes_few_queries_the_first_as_the_next(db, password, amount):
    assert queries_of(lambda: ask(password)) == amount
    assert queries_of(lambda: ask(f"{password}{'' if password == RIGHT else ' again'}")) == amount


def queries_of(call):
    """The number of queries of a call, without savepoints."""
    with CaptureQueriesContext(connection) as found:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)


def traces(trace):
    while trace is not None:
        yield trace
        trace = trace.tb_next


def test_an_error_report_shows_neither_the_password_nor_its_digest(db, monkeypatch, rf):
    def explode(*args: object, **kwargs: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(fake.FakeAuthority, "check_password", explode)

    with pytest.raises(RuntimeError) as caught:
        ask(RIGHT)
    frames = [entry.tb_frame for entry in traces(caught.tb)]
    ours = frames[2:]  # without the test and its own `ask`
    report = SafeExceptionReporterFilter()
    shown = [str(pair[1]) for frame in ours for pair in report.get_traceback_frame_variables(rf.get("/"), frame)]

    assert [frame.f_code.co_name for frame in ours] == [
        "sensitive_variables_wrapper",
        "ask",
        "_check",
        "_ask_authority",
        "explode",
    ]
    assert any(RIGHT in str(frame.f_locals) for frame in ours)
    assert not any(RIGHT in value for value in shown)


def test_an_outcome_does_not_print_its_digest(db):
    assert ask(RIGHT).digest not in repr(ask(RIGHT))


@pytest.fixture
def ministry(db, on_the_wire):
    person = {"name": "林示范", "mobile": "13900000001", "id_number": "649999198502140009"}
    on_the_wire.add_filing(
        number=NUMBER,
        province="64",
        id_type_code=1,
        id_number="91649999000000019L",
        password=RIGHT,
        lead=person,
        administrator=person,
        sites=[{"domain": "example.com", "name": "示例纸业官网"}],
    )
    return on_the_wire


def test_every_answer_of_the_ministry_is_mapped(ministry, settings):
    settings.LIMITS = dict.fromkeys(settings.LIMITS, (50, 3600))
    answers = [ask(RIGHT), ask("wrong")]
    for n in range(4):
        ask(f"wrong {n}", now=None)
    locked = ask(RIGHT, now=None)

    assert [answer.state for answer in (*answers, locked)] == [State.RIGHT, State.WRONG, State.LOCKED]


@pytest.mark.parametrize("kind", ["down", "garbage"])
def test_a_failing_ministry_costs_nothing(ministry, kind):
    ministry.fault("password", kind)

    outcome = ask("wrong")

    assert outcome == filing_passwords.Outcome(State.UNREACHABLE, left=5)
    ministry.lift_faults()
    assert ask("wrong").left == 4
