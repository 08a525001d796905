"""Ctrl-C is never lost while the demo prepares itself."""

import os
import signal
import time

import pytest

from icpportal.management import interrupts


class Finaliser:
    """Presses Ctrl-C when the last name of it is gone; what is raised there Python only prints."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)  # the handler runs here


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["a terminal", "a job in the background"])
def started_with(request, monkeypatch):
    monkeypatch.setattr(interrupts, "AGAIN_SECONDS", 0.01)
    before = signal.signal(signal.SIGINT, request.param)
    yield request.param
    signal.signal(signal.SIGINT, before)


@interrupts.interruptible()
def prepare_pressed_in_a_finaliser():
    Finaliser()
    time.sleep(5)


@interrupts.interruptible()
def prepare_pressed_at_once():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_inside_a_finaliser_still_ends_the_block(started_with):
    """B36: the demo went on preparing itself, since Python drops what a finaliser raises."""
    with pytest.raises(KeyboardInterrupt):
        prepare_pressed_in_a_finaliser()


def test_afterwards_signals_do_what_they_did_before(started_with):
    alarm = signal.getsignal(signal.SIGALRM)

    with pytest.raises(KeyboardInterrupt):
        prepare_pressed_at_once()

    assert signal.getsignal(signal.SIGINT) == started_with
    assert signal.getsignal(signal.SIGALRM) == alarm
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
