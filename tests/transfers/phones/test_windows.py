"""Open phone windows: queried many at once, briefly, by one worker; a hanging register costs nobody anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.alarms.models import Alarm
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.types import Answer, AnswerKind, PhoneState, Role
from icpportal.gateways.request_budget import Busy
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in
from tests.transfers.conftest import FakeAuthority
from transfers.authority.results import pull
from transfers.deadlines.sweep import sweep
from transfers.models import Order, PhoneCheck, PhoneRegister, PhoneWindow
from transfers.orders import queries
from transfers.phones import windows as phone_windows
from transfers.phones.windows import IN_ONE_QUESTION, PATIENCE, ask, refresh

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
QUIET_ROUND = 12  # queries
DEADLINES_EVERY, ANSWERS_EVERY = 60.0, 10.0  # seconds


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def window(due_at: datetime = NOW + 20 * HOUR, **columns: Any) -> Order:
    order = make_order(state=states.PHONE_DUE, province="12", due_at=due_at, **columns)
    PhoneCheck.objects.create(order=order, report=order.report, role="administrator", mobile_masked="139****0001")
    return order


def windows(number: int, due_at: datetime = NOW + 20 * HOUR) -> list[Order]:
    """Many windows, as of a large customer, written at once."""
    first = window(due_at)
    rest = [
        Order(
            owner=first.owner, state=states.PHONE_DUE, due_at=due_at + place * SECOND / 1000, report=first.report,
            rule_profile=first.rule_profile, province="12", subject_key=f"w{place:063d}", domain=f"window{place}.com",
            answers=first.answers, claimed=True, entered_at=NOW - 5 * HOUR,
        )
        for place in range(1, number)
    ]  # fmt: skip
    orders = [first, *Order.objects.bulk_create(rest)]
    known = {"role": "administrator", "mobile_masked": "139****0001"}
    PhoneCheck.objects.bulk_create(PhoneCheck(order=order, report=order.report, **known) for order in orders[1:])
    return orders


def phone_states(confirmed_at: datetime | None = None, *, wrong: int = 0) -> list[PhoneState]:
    return [PhoneState(Role.ADMINISTRATOR, "139****0001", None, confirmed_at, wrong)]


def states_of(*confirmed: bool) -> list[PhoneState]:
    roles = (Role.SUBJECT_LEAD, Role.ADMINISTRATOR)
    return [
        PhoneState(role, "139****0001", sent_at=NOW, confirmed_at=NOW if done else None, wrong=1)
        for role, done in zip(roles, confirmed, strict=True)
    ]


class Clock:
    """The seconds that queries take, counted instead of slept; with `takes` None the register hangs."""

    def __init__(self, authority: FakeAuthority) -> None:
        self.authority, self.seconds, self.takes = authority, 0.0, 0.3

    def phones_of(self, report_keys: list[str]) -> dict[str, list[PhoneState]]:
        self.authority.asked.append(list(report_keys))
        self.seconds += PATIENCE if self.takes is None else self.takes
        if self.takes is None:
            raise Retryable("no answer in time")
        return dict.fromkeys(report_keys, phone_states())

    def of(self, act: Callable[[], Any]) -> tuple[int, float]:
        """The number of queries, and their seconds."""
        questions, seconds = len(self.authority.asked), self.seconds
        act()
        return len(self.authority.asked) - questions, round(self.seconds - seconds, 3)


@pytest.fixture
def clock(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    found = Clock(authority)
    monkeypatch.setattr(authority, "phones_of", found.phones_of)
    monkeypatch.setattr("transfers.phones.windows.monotonic", lambda: found.seconds)
    settings.PHONES_ASKED_EVERY = MINUTE
    return found


# --- how much is asked -------------------------------------------------------------------------


def test_three_hundred_windows_are_each_queried_once_a_minute_in_six_queries(clock: Clock) -> None:
    """Each of them was a separate query, every ten seconds."""
    orders = windows(300)

    rounds = [clock.of(lambda at=at: ask(now=NOW + at * SECOND)) for at in (0, 10, 20, 59, 60, 70)]

    assert rounds == [(4, 1.2), (2, 0.6), (0, 0), (0, 0), (4, 1.2), (2, 0.6)]
    asked = [key for question in clock.authority.asked for key in question]
    assert sorted(asked) == sorted([order.report_key for order in orders] * 2)
    assert max(map(len, clock.authority.asked)) == IN_ONE_QUESTION


def test_a_round_ends_after_its_seconds_and_the_next_continues_with_those_queried_longest_ago(clock: Clock) -> None:
    windows(300)
    clock.takes = 2.9

    assert clock.of(lambda: ask(now=NOW)) == (2, 5.8)
    assert clock.of(lambda: ask(now=NOW + 10 * SECOND)) == (2, 5.8)

    asked = [key for question in clock.authority.asked for key in question]
    assert len(set(asked)) == 200


def test_pulling_answers_does_not_query_open_windows(clock: Clock) -> None:
    windows(120)

    assert clock.of(lambda: pull()) == (0, 0)


@pytest.mark.parametrize("number", [1, 40])
def test_a_quiet_round_takes_as_many_queries_for_any_number_of_windows(
    authority: FakeAuthority, django_assert_num_queries: Any, number: int
) -> None:
    authority.phone_states = phone_states()
    windows(number)
    ask(now=NOW)

    with django_assert_num_queries(QUIET_ROUND):
        assert ask(now=NOW + MINUTE) == number


@pytest.mark.parametrize("takes", [0.3, None])
@pytest.mark.parametrize("due_at", [NOW + 20 * HOUR, NOW - HOUR], ids=["open", "over"])
def test_no_job_is_late_while_three_hundred_windows_meet_a_slow_or_hanging_register(
    clock: Clock, takes: float | None, due_at: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The seconds that the register costs each job, per period, for each of these numbers of windows."""
    monkeypatch.setattr(phone_windows, "IN_ONE_QUESTION", IN_ONE_QUESTION // 5)
    settings.PHONES_IN_A_ROUND //= 5
    windows(300 // 5, due_at)
    clock.takes = takes
    receipts(clock.authority, 120 // 5)

    for minute in range(3):
        now = NOW + minute * MINUTE
        for at in range(0, 60, 10):
            assert clock.of(lambda now=now, at=at: ask(now=now + at * SECOND))[1] < ANSWERS_EVERY
        assert clock.of(lambda now=now: pull(now=now))[1] < ANSWERS_EVERY
        assert clock.of(lambda now=now: sweep(now=now))[1] < ANSWERS_EVERY < DEADLINES_EVERY


def receipts(authority: FakeAuthority, number: int) -> list[Order]:
    owner = make_user()
    first = make_order(owner, state=states.HANDING_OVER, province="12")
    rest = [
        Order(
            owner=owner, state=states.HANDING_OVER, report=first.report, rule_profile=first.rule_profile, province="12",
            subject_key=f"r{place:063d}", domain=f"receipt{place}.com", answers=first.answers, claimed=True,
        )
        for place in range(1, number)
    ]  # fmt: skip
    orders = [first, *Order.objects.bulk_create(rest)]
    authority.waiting = [Answer(o.reference, AnswerKind.ACCEPTED, o.report_key, NOW, sent_at=NOW) for o in orders]
    return orders


def test_the_phones_of_many_receipts_are_queried_together(clock: Clock) -> None:
    """One query each would have delayed the answers behind them."""
    orders = receipts(clock.authority, 60)

    assert clock.of(lambda: pull(now=NOW)) == (2, 0.6)
    assert {check.mobile_masked for check in queries.phone_checks(reload(orders[59]))} == {"139****0001"}


# --- who comes first ---------------------------------------------------------------------------


def test_a_window_whose_owner_is_on_its_page_is_queried_in_every_round(
    clock: Clock, client: Client, settings: Any
) -> None:
    """People who have confirmed see it within a round, not within the minute."""
    settings.AUTHORITY_TELLS_PHONES = True
    mine, other = window(NOW + 20 * HOUR), window(NOW + 21 * HOUR)
    ask(now=NOW)

    for page in ("phones", "order"):
        PhoneWindow.objects.update(looked_at=None)
        assert sign_in(client, mine.owner).get(reverse(page, args=[mine.reference])).status_code == 200
        clock.authority.asked.clear()

        ask(now=timezone.now())
        PhoneWindow.objects.filter(order=other).update(tried_at=timezone.now())
        ask(now=timezone.now() + 3 * SECOND)

        assert clock.authority.asked[-1] == [mine.report_key]


def test_a_page_reloaded_again_and_again_is_recorded_once_a_minute(settings: Any) -> None:
    settings.AUTHORITY_TELLS_PHONES = True
    order = window()

    for seconds in (0, 59, 61):
        phone_windows.record_look(order, now=NOW + seconds * SECOND)
        assert PhoneWindow.objects.get().looked_at == NOW + (61 if seconds == 61 else 0) * SECOND


@pytest.mark.parametrize(("tells", "state"), [(False, states.PHONE_DUE), (True, states.AUTHORITY_REVIEW)])
def test_nothing_is_recorded_where_nothing_is_queried(settings: Any, tells: bool, state: str) -> None:
    settings.AUTHORITY_TELLS_PHONES = tells

    phone_windows.record_look(make_order(state=state, province="12"), now=NOW)

    assert not PhoneWindow.objects.exists()


def test_a_window_that_ends_soon_is_queried_in_every_round_until_its_end_was_reported(clock: Clock) -> None:
    order = window(NOW + 10 * MINUTE)
    at = (0, 10, 600, 610)  # its end is 600

    found = [clock.of(lambda at=at: ask(now=NOW + at * SECOND))[0] for at in at]

    assert found == [1, 1, 1, 0]
    assert PhoneWindow.objects.get(order=order).told_at == NOW + 600 * SECOND


def test_watched_windows_leave_half_of_a_round_to_the_others(clock: Clock, settings: Any) -> None:
    settings.PHONES_IN_A_ROUND = 4
    watched, others = windows(6), [window() for _ in range(6)]
    PhoneWindow.objects.bulk_create(PhoneWindow(order=order, looked_at=NOW) for order in watched)

    for at in range(3):
        ask(now=NOW + at * SECOND)

    asked = {key for question in clock.authority.asked for key in question}
    assert asked >= {order.report_key for order in others}
    assert asked >= {order.report_key for order in watched}


# --- a register that does not answer -----------------------------------------------------------


def test_a_silent_register_is_queried_ever_more_rarely_with_an_alarm(clock: Clock) -> None:
    windows(300)
    clock.takes = None
    at, asked = NOW, []
    for pause in (10, 30, 60, 120, 120):
        asked.append(clock.of(lambda at=at: ask(now=at)))
        assert clock.of(lambda at=at, pause=pause: ask(now=at + pause * SECOND - SECOND)) == (0, 0)
        at += pause * SECOND

    assert asked == [(1, PATIENCE)] * 5
    assert list(map(len, clock.authority.asked)) == [50, 12, 3, 1, 1]  # one report may be the cause
    assert list(Alarm.objects.values_list("cause", "cleared_at")) == [("phones.silent", None)]

    clock.takes = 0.3
    ask(now=at)
    assert Alarm.objects.get().cleared_at is not None
    assert clock.of(lambda: ask(now=at + SECOND)) == (4, 1.2)  # as it was before


def test_a_clock_set_back_does_not_prolong_the_pause(clock: Clock) -> None:
    """Not even by the difference."""
    windows(1)
    clock.takes = None
    ask(now=NOW + HOUR)

    assert clock.of(lambda: ask(now=NOW + HOUR + SECOND))[0] == 0
    assert clock.of(lambda: ask(now=NOW))[0] == 1


@pytest.mark.parametrize("other", [-5 * MINUTE, 5 * MINUTE], ids=["five minutes behind", "five minutes ahead"])
def test_another_host_queries_the_register_only_after_its_round_by_the_clock_of_the_database(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, other: timedelta
) -> None:
    windows(1)
    elsewhere = []

    def asking(_keys: list[str]) -> None:
        with time_machine.travel(timezone.now() + other):
            elsewhere.append(ask())

    monkeypatch.setattr(clock.authority, "phones_of", asking)
    ask()
    assert elsewhere == [0]

    PhoneRegister.objects.update(holder="of a dead one", leased_until=Now())
    monkeypatch.setattr(clock.authority, "phones_of", lambda keys: dict.fromkeys(keys, phone_states()))
    with time_machine.travel(timezone.now() + other):
        assert ask() == 1


def test_a_report_that_breaks_the_register_delays_no_other(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = windows(30)

    def phones_of(report_keys: list[str]) -> dict[str, list[PhoneState]]:
        if bad.report_key in report_keys:
            raise Retryable("500")
        return dict.fromkeys(report_keys, phone_states(NOW))

    monkeypatch.setattr(authority, "phones_of", phones_of)

    for minute in range(12):
        ask(now=NOW + minute * 2 * MINUTE)

    assert {reload(order).state for order in good} == {states.AUTHORITY_REVIEW}
    assert reload(bad).state == states.PHONE_DUE


def test_a_refusing_register_is_an_alarm_at_once(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    window()
    monkeypatch.setattr(authority, "phones_of", lambda keys: fail(Refused("401", code="401")))

    assert ask(now=NOW) == 0
    assert Alarm.objects.values_list("cause", "detail").get() == ("phones.silent", "it refuses our queries")


def test_having_no_time_to_query_does_not_count_as_silence(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    window()
    monkeypatch.setattr(authority, "phones_of", lambda keys: fail(Busy("too many questions")))

    assert ask(now=NOW) == 0
    assert (PhoneRegister.objects.get().silences, Alarm.objects.count()) == (0, 0)


def fail(problem: Exception) -> Any:
    raise problem


def test_an_authority_that_reports_no_phones_is_not_queried(authority: FakeAuthority) -> None:
    authority.phone_states = None
    windows(60)

    assert ask(now=NOW) == 0
    assert (len(authority.asked), PhoneWindow.objects.count(), Alarm.objects.count()) == (1, 0, 0)


# --- one owner ---------------------------------------------------------------------------------


def test_two_concurrent_rounds_are_one(authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    order, inner = window(), []
    real = authority.phones_of

    def phones_of(report_keys: list[str]) -> Any:
        inner.append(ask(now=NOW))
        return real(report_keys)

    monkeypatch.setattr(authority, "phones_of", phones_of)
    authority.phone_states = phone_states(NOW)

    assert ask(now=NOW) == 1
    assert (inner, len(authority.asked), moves(order)) == ([0], 1, ["phones_done"])


@pytest.mark.parametrize("until", [timedelta(seconds=-1), timedelta(hours=2)], ids=["killed", "clock set back"])
def test_a_killed_round_blocks_the_register_for_half_a_minute_at_most(
    authority: FakeAuthority, until: timedelta
) -> None:
    authority.phone_states = phone_states()
    window()
    PhoneRegister.objects.create(pk=1, holder="gone", leased_until=timezone.now() + 20 * SECOND)
    assert ask(now=NOW) == 0

    PhoneRegister.objects.update(leased_until=timezone.now() + until)
    assert ask(now=NOW) == 1
    assert PhoneRegister.objects.get().holder == ""


# --- what is told ------------------------------------------------------------------------------


def test_a_rounds_results_move_those_that_confirmed_and_are_recorded_for_the_others(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, wrong, unknown = window(), window(), window()
    answers = {done.report_key: phone_states(NOW - MINUTE), wrong.report_key: phone_states(wrong=2)}
    monkeypatch.setattr(authority, "phones_of", lambda keys: {key: answers[key] for key in keys if key in answers})

    assert ask(now=NOW) == 2

    assert (reload(done).state, moves(done)) == (states.AUTHORITY_REVIEW, ["phones_done"])
    assert [check.wrong for check in queries.phone_checks(wrong)] == [2]
    assert dict(PhoneWindow.objects.values_list("order", "told_at")) == {wrong.pk: NOW, unknown.pk: None}


def test_an_order_reported_again_in_the_meantime_ignores_results_of_its_earlier_report(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = window()

    def phones_of(report_keys: list[str]) -> dict[str, list[PhoneState]]:
        Order.objects.filter(pk=order.pk).update(report=order.report + 1)
        return dict.fromkeys(report_keys, phone_states(NOW - MINUTE))

    monkeypatch.setattr(authority, "phones_of", phones_of)

    assert ask(now=NOW) == 0
    assert reload(order).state == states.PHONE_DUE


# --- when the time is over ---------------------------------------------------------------------


@pytest.mark.parametrize(("told_at", "questions"), [(NOW - SECOND, 1), (NOW, 0)], ids=["before its end", "after it"])
def test_an_ended_window_is_judged_by_a_result_from_after_its_end(
    clock: Clock, told_at: datetime, questions: int
) -> None:
    """A result from before its end may lack a confirmation of the last second."""
    order = window(NOW)
    ask(now=told_at)

    assert clock.of(lambda: sweep(now=NOW + 20 * SECOND))[0] == questions
    assert (reload(order).state, moves(order)) == (states.LAPSED, ["lapse"])


def test_a_sweep_queries_as_many_as_a_round_and_leaves_the_rest_to_the_next(clock: Clock) -> None:
    """Fifty due windows and a stalling register took longer than a worker may."""
    windows(300, NOW - HOUR)

    assert clock.of(lambda: sweep(now=NOW)) == (4, 1.2)
    assert count_calls() == {states.LAPSED: 200, states.PHONE_DUE: 100}
    assert clock.of(lambda: sweep(now=NOW + MINUTE)) == (2, 0.6)
    assert count_calls() == {states.LAPSED: 300}


def test_a_hanging_register_costs_a_sweep_one_query_and_nobody_lapses(clock: Clock) -> None:
    """Those queried in vain continue, the others wait for their turn, even after a day."""
    windows(120, NOW - 25 * HOUR)
    clock.takes = None

    assert clock.of(lambda: sweep(now=NOW)) == (1, PATIENCE)
    assert count_calls() == {states.AUTHORITY_REVIEW: 50, states.PHONE_DUE: 70}
    sweep(now=NOW + MINUTE)
    sweep(now=NOW + 2 * MINUTE)
    assert count_calls() == {states.AUTHORITY_REVIEW: 120}


def test_while_the_register_refuses_us_a_window_waits(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = window(NOW - HOUR)
    monkeypatch.setattr(authority, "phones_of", lambda keys: fail(Refused("401", code="401")))

    assert sweep(now=NOW).failed == 1
    assert reload(order).state == states.PHONE_DUE


def count_calls() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Order.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


# --- one order alone ---------------------------------------------------------------------------


def test_the_authoritys_phone_report_is_recorded(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHONE_DUE, province="12")
    authority.phone_states = states_of(True, False)

    assert refresh(order, now=NOW) is True

    rows = {check.role: (check.confirmed_at, check.wrong) for check in queries.phone_checks(order)}
    assert rows == {"subject_lead": (NOW, 1), "administrator": (None, 1)}
    assert reload(order).state == states.PHONE_DUE


def test_when_all_have_confirmed_the_order_continues(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHONE_DUE, province="12")
    authority.phone_states = states_of(True, True)

    refresh(order, now=NOW)

    assert (reload(order).state, moves(order)) == (states.AUTHORITY_REVIEW, ["phones_done"])


def test_a_process_told_a_moment_later_finds_the_order_moved_on_and_leaves_it(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHONE_DUE, province="12")
    authority.phone_states = states_of(True, True)
    refresh(order, now=NOW)

    refresh(reload(order), now=NOW)

    assert (reload(order).state, moves(order)) == (states.AUTHORITY_REVIEW, ["phones_done"])


def test_an_authority_that_reports_no_phones_changes_nothing(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHONE_DUE, province="12")
    authority.phone_states = None

    assert refresh(order, now=NOW) is False
    assert (reload(order).state, queries.phone_checks(order).count()) == (states.PHONE_DUE, 0)


def test_repeated_queries_write_only_changes(authority, django_assert_num_queries) -> None:
    order = make_order(state=states.PHONE_DUE, province="12")
    lead = PhoneState(Role.SUBJECT_LEAD, "139****0001", NOW, NOW, 0)
    authority.phone_states = [lead, PhoneState(Role.ADMINISTRATOR, "139****0002", NOW, None, 0)]
    refresh(order, now=NOW)

    with django_assert_num_queries(1):
        refresh(order, now=NOW)
    authority.phone_states = [lead, PhoneState(Role.ADMINISTRATOR, "139****0002", NOW, None, 3)]
    refresh(order, now=NOW)

    assert {check.role: check.wrong for check in queries.phone_checks(order)} == {"subject_lead": 0, "administrator": 3}
    authority.phone_states = [lead]
    refresh(order, now=NOW - timedelta(hours=1))
    assert [check.role for check in queries.phone_checks(order)] == ["subject_lead"]
