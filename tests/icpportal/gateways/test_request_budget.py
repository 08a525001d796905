"""Calls a person waits for: few at once, and all of them within a few seconds."""

import threading
import time
from contextlib import ExitStack

import pytest
import yaml

from demo.management.commands.demo import parts
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.http import HttpInventory
from icpportal.gateways.request_budget import Busy, call_within, request_budget, seconds_for, slots
from tests.icpportal.gateways.inventory.test_http import console  # noqa: F401 -- a fixture
from tests.icpportal.gateways.inventory.test_parser import RAW


def hold(entered: threading.Barrier, release: threading.Event) -> None:
    with request_budget():
        entered.wait(5)
        release.wait(5)


def holders(count: int, release: threading.Event) -> list[threading.Thread]:
    """So many threads that are inside `asking()` when this returns."""
    entered = threading.Barrier(count + 1)
    threads = [threading.Thread(target=hold, args=(entered, release)) for _ in range(count)]
    for thread in threads:
        thread.start()
    entered.wait(5)
    return threads


def test_the_third_caller_waits_at_most_a_second_while_two_are_calling(settings):
    """A caller waits up to a second for a slot."""
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    settings.GATEWAY_SLOT_SECONDS = 0.3
    release = threading.Event()
    threads = holders(2, release)

    begun = time.monotonic()
    with pytest.raises(Busy), request_budget():
        pytest.fail("a third question was let in")
    waited = time.monotonic() - begun
    release.set()
    for thread in threads:
        thread.join()

    assert 0.2 < waited < 0.6
    with request_budget() as ask:
        assert ask.left > 0


def test_nobody_waits_once_all_callers_have_waited_longer_than_that(settings):
    """A hanging system costs the threads of its callers, not those that would wait behind them."""
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    settings.GATEWAY_SLOT_SECONDS = 0.2
    release = threading.Event()
    threads = holders(2, release)
    with pytest.raises(Busy), request_budget():
        pytest.fail("a third question was let in")

    begun = time.monotonic()
    for _ in range(5):
        with pytest.raises(Busy), request_budget():
            pytest.fail("a later question was let in")
    waited = time.monotonic() - begun
    release.set()
    for thread in threads:
        thread.join()

    assert waited < 0.1


def test_the_longest_waiting_caller_gets_the_slot_that_becomes_free(settings):
    """First come, first served, so that nobody waits in vain behind later ones."""
    settings.GATEWAY_REQUESTS_AT_ONCE = 1
    release = threading.Event()
    (first,) = holders(1, release)
    served: list[int] = []

    def ask(number: int) -> None:
        with request_budget():
            served.append(number)

    waiting = []
    for number in range(4):
        waiting.append(threading.Thread(target=ask, args=(number,)))
        waiting[-1].start()
        while len(slots.queue) <= number:
            time.sleep(0.001)
    release.set()
    for thread in [first, *waiting]:
        thread.join()

    assert served == [0, 1, 2, 3]
    assert (slots.in_use, len(slots.queue)) == (0, 0)


def test_fifty_askers_at_once_are_all_answered_by_a_system_that_takes_a_tenth_of_a_second(console):  # noqa: F811
    """With two slots and no waiting, 14 of 20 concurrent callers were told that the other system is busy."""
    console.says({"instances": [RAW]})
    console.wait = 0.1
    start = threading.Barrier(50)
    outcomes: list[object] = []

    def ask() -> None:
        start.wait(10)
        try:
            with request_budget():
                HttpInventory().instances("lin@example.com")
        except Retryable as trouble:
            outcomes.append(trouble)
        else:
            outcomes.append("answered")

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["answered"] * 50
    assert len(console.asked) == 50


def test_slots_follow_the_number_of_web_threads_and_leave_some_of_them_free(settings):
    """Image, compose file, demo and settings name the same number of threads."""
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
    image = (settings.BASE_DIR / "Dockerfile").read_text()
    (web,) = [part for part in parts(8000, 8001) if part.name == "web"]
    threads = str(settings.WEB_THREADS)

    assert settings.WEB_THREADS / 2 <= settings.GATEWAY_REQUESTS_AT_ONCE < settings.WEB_THREADS
    assert web.command[web.command.index("--threads") + 1] == threads
    assert f"ENV WEB_THREADS={threads}\n" in image
    assert '--threads \\"$WEB_THREADS\\"' in image
    assert "WEB_THREADS" not in compose["services"]["web"]["environment"]  # the operator's, else the image's


def test_a_slot_is_free_again_after_a_failed_call():
    before = slots.in_use

    for _ in range(5):
        with pytest.raises(Retryable), request_budget():
            raise Retryable("down")

    assert slots.in_use == before


def test_a_nested_call_shares_its_slot_and_its_time(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 1

    with request_budget() as outer, request_budget() as inner:
        shared = inner is outer

    assert shared
    assert slots.in_use == 0


def test_busy_is_a_temporary_error():
    assert issubclass(Busy, Retryable)


def test_the_remaining_time_shrinks_and_stops_at_zero(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.05

    with request_budget() as ask:
        first = ask.left
        time.sleep(0.06)
        last = ask.left

    assert 0 < first <= 0.05
    assert last == 0


def test_a_call_may_take_the_remaining_time_of_its_request(settings):
    settings.GATEWAY_REQUEST_SECONDS = 6

    with request_budget():
        own = seconds_for(None)
        short = seconds_for(1.5)
        long = seconds_for(60)

    assert 5.9 < own <= 6
    assert short == 1.5
    assert 5.9 < long <= 6


def test_a_call_outside_a_request_has_the_same_limit(settings):
    settings.GATEWAY_REQUEST_SECONDS = 6

    assert seconds_for(None) == 6
    assert seconds_for(60) == 6


def test_no_call_is_made_when_no_time_is_left(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0

    with request_budget(), pytest.raises(Retryable):
        seconds_for(None)


def test_a_bounded_call_returns_the_calls_result():
    assert call_within(lambda: "answer", 1) == "answer"


def test_a_bounded_call_raises_the_calls_exception():
    def refused() -> None:
        raise Refused("no", code="403")

    with pytest.raises(Refused) as caught:
        call_within(refused, 1)

    assert caught.value.code == "403"


def test_a_late_bounded_call_costs_no_more_than_its_time():
    begun = time.monotonic()

    with pytest.raises(Retryable):
        call_within(lambda: time.sleep(2), 0.1)

    assert time.monotonic() - begun < 0.5


def test_many_concurrent_callers_never_take_more_than_the_slots(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    seen: list[int] = []
    refused: list[bool] = []
    start = threading.Barrier(20)

    def ask() -> None:
        start.wait(5)
        with ExitStack() as stack:
            try:
                stack.enter_context(request_budget())
            except Busy:
                refused.append(True)
                return
            seen.append(slots.in_use)
            time.sleep(0.05)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(seen) <= 2
    assert len(seen) + len(refused) == 20
    assert slots.in_use == 0
