"""Ctrl-C is never lost while the demo prepares."""

import os
import signal
import sys
import time

import pytest

from demo.supervisor import interrupts


class Finaliser:
    """Presses Ctrl-C in its finaliser, where Python only prints exceptions."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)  # the handler runs here


class Broken:
    """Raises an error in its finaliser."""

    def __del__(self):
        1 / 0  # noqa: B018


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


def test_ctrl_c_inside_a_finaliser_still_ends_the_block_and_prints_no_traceback(started_with, monkeypatch):
    """The demo went on preparing, because Python drops what a finaliser raises."""
    printed = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)

    with pytest.raises(KeyboardInterrupt):
        prepare_pressed_in_a_finaliser()

    assert printed == []


def test_any_other_exception_in_a_finaliser_is_still_printed(monkeypatch):
    printed = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: printed.append(lost.exc_type))

    with interrupts.interruptible():
        Broken()

    assert printed == [ZeroDivisionError]


def test_afterwards_signals_have_their_old_handlers(started_with):
    alarm = signal.getsignal(signal.SIGALRM)

    with pytest.raises(KeyboardInterrupt):
        prepare_pressed_at_once()

    assert signal.getsignal(signal.SIGINT) == started_with
    assert signal.getsignal(signal.SIGALRM) == alarm
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
