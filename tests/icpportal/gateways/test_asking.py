"""Questions a person waits for: few at once, and all of them in a few seconds."""

import threading
import time
from contextlib import ExitStack

import pytest

from icpportal.gateways.asking import Busy, asking, bounded, seconds_for, slots
from icpportal.gateways.errors import Refused, Retryable


def hold(entered: threading.Barrier, release: threading.Event) -> None:
    with asking():
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


def test_the_third_asker_is_refused_at_once_while_two_are_asking(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    release = threading.Event()
    threads = holders(2, release)

    begun = time.monotonic()
    with pytest.raises(Busy), asking():
        pytest.fail("a third question was let in")
    waited = time.monotonic() - begun
    release.set()
    for thread in threads:
        thread.join()

    assert waited < 0.1
    with asking() as ask:
        assert ask.left > 0


def test_a_slot_is_free_again_after_a_question_that_failed():
    before = slots.taken

    for _ in range(5):
        with pytest.raises(Retryable), asking():
            raise Retryable("down")

    assert slots.taken == before


def test_a_question_inside_a_question_shares_its_slot_and_its_time(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 1

    with asking() as outer, asking() as inner:
        shared = inner is outer

    assert shared
    assert slots.taken == 0


def test_busy_is_a_failure_that_may_be_tried_again():
    assert issubclass(Busy, Retryable)


def test_the_time_left_shrinks_and_stops_at_nought(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.05

    with asking() as ask:
        first = ask.left
        time.sleep(0.06)
        last = ask.left

    assert 0 < first <= 0.05
    assert last == 0


def test_a_call_may_take_what_the_request_around_it_has_left(settings):
    settings.GATEWAY_REQUEST_SECONDS = 6

    with asking():
        own = seconds_for(None)
        short = seconds_for(1.5)
        long = seconds_for(60)

    assert 5.9 < own <= 6
    assert short == 1.5
    assert 5.9 < long <= 6


def test_a_call_outside_of_a_request_may_take_no_longer_either(settings):
    settings.GATEWAY_REQUEST_SECONDS = 6

    assert seconds_for(None) == 6
    assert seconds_for(60) == 6


def test_nothing_is_asked_when_no_time_is_left(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0

    with asking(), pytest.raises(Retryable):
        seconds_for(None)


def test_a_bounded_call_gives_back_what_the_call_returns():
    assert bounded(lambda: "answer", 1) == "answer"


def test_a_bounded_call_raises_what_the_call_raises():
    def refused() -> None:
        raise Refused("no", code="403")

    with pytest.raises(Refused) as caught:
        bounded(refused, 1)

    assert caught.value.code == "403"


def test_a_bounded_call_that_is_late_costs_no_more_than_its_time():
    begun = time.monotonic()

    with pytest.raises(Retryable):
        bounded(lambda: time.sleep(2), 0.1)

    assert time.monotonic() - begun < 0.5


def test_many_askers_at_once_never_take_more_than_the_slots_there_are(settings):
    settings.GATEWAY_REQUESTS_AT_ONCE = 2
    seen: list[int] = []
    refused: list[bool] = []
    start = threading.Barrier(20)

    def ask() -> None:
        start.wait(5)
        with ExitStack() as stack:
            try:
                stack.enter_context(asking())
            except Busy:
                refused.append(True)
                return
            seen.append(slots.taken)
            time.sleep(0.05)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(seen) <= 2
    assert len(seen) + len(refused) == 20
    assert slots.taken == 0
