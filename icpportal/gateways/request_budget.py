"""Questions to outside systems that a person waits for: few at once, all of them together in a few seconds.

A view that asks anything wraps all its questions in one `with request_budget() as ask:` and a stalled outside system
then costs at most `GATEWAY_REQUEST_SECONDS` of `GATEWAY_REQUESTS_AT_ONCE` threads of this process, which has a few
more. The next asker waits up to `GATEWAY_SLOT_SECONDS` for one of them to be answered.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.conf import settings

from icpportal.gateways.errors import NotYet, Retryable, Unknown

Answer = TypeVar("Answer")


class Busy(NotYet):
    """As many questions as this process allows are under way: nothing was asked, nothing is counted."""


class RequestBudget:
    """The time one request may still spend on outside systems."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below nought: pass it to a gateway as `timeout`."""
        return max(0.0, self.ends - time.monotonic())


class Ticket:
    """An asker's place among those who wait."""


class ConcurrencyLimit:
    """The questions under way in this process, by when each began, and the askers who wait for one to end."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.began: list[float] = []
        self.queue: deque[Ticket] = deque()

    @property
    def taken(self) -> int:
        """How many questions are under way."""
        return len(self.began)

    def take(self, most: int) -> float | None:
        """A slot, to be given back, or `None` when none came free in `GATEWAY_SLOT_SECONDS`; first come, first served.

        Nobody waits for a system that hangs: once all questions are older than that, the answer comes at once, so that
        waiting askers cannot hold the threads of the process either.
        """
        ticket, patience = Ticket(), settings.GATEWAY_SLOT_SECONDS
        gives_up = time.monotonic() + patience
        with self.changed:
            self.queue.append(ticket)
            try:
                while self.taken >= most or self.queue[0] is not ticket:
                    hangs = max(self.began, default=-math.inf) + patience if self.taken >= most else math.inf
                    left = min(gives_up, hangs) - time.monotonic()
                    if left <= 0:
                        return None
                    self.changed.wait(left)
                self.began.append(time.monotonic())
                return self.began[-1]
            finally:
                self.queue.remove(ticket)
                self.changed.notify_all()

    def give_back(self, slot: float) -> None:
        """Frees one slot."""
        with self.changed:
            self.began.remove(slot)
            self.changed.notify_all()


slots = ConcurrencyLimit()
current: ContextVar[RequestBudget | None] = ContextVar("current_asking", default=None)


@contextmanager
def request_budget() -> Iterator[RequestBudget]:
    """One slot and one clock for all questions of a request; `Busy` when no slot comes free in time.

    Inside another `request_budget()` it is that one: the slot and the time are shared.
    """
    outer = current.get()
    if outer is not None:
        yield outer
        return
    slot = slots.take(settings.GATEWAY_REQUESTS_AT_ONCE)
    if slot is None:
        raise Busy("too many questions under way")
    ask = RequestBudget(settings.GATEWAY_REQUEST_SECONDS)
    token = current.set(ask)
    try:
        yield ask
    finally:
        current.reset(token)
        slots.give_back(slot)


@contextmanager
def within(seconds: float) -> Iterator[RequestBudget]:
    """One clock for the questions of a job, at most what a request around it has left; it takes no slot."""
    token = current.set(ask := RequestBudget(seconds_for(seconds)))
    try:
        yield ask
    finally:
        current.reset(token)


def seconds_for(timeout: float | None) -> float:
    """How long one call may take: what the caller grants, and never more than the request around it has left."""
    around = current.get()
    longest = settings.GATEWAY_REQUEST_SECONDS if around is None else around.left
    seconds = longest if timeout is None else min(timeout, longest)
    if seconds <= 0:
        raise Retryable("no time left to ask")
    return seconds


def bounded(call: Callable[[], Answer], seconds: float) -> Answer:
    """What `call` returns or raises, or `Unknown` when it is not back in `seconds`.

    For clients whose own timeout bounds one read and not the whole answer. A call that is late goes on in a thread of
    its own until its own timeout ends it, and its answer is thrown away: so it must not touch the database.
    """
    answers: list[Answer] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as problem:  # noqa: BLE001 -- raised again in the thread that waits
            problems.append(problem)

    thread = threading.Thread(target=run, daemon=True, name="gateway-call")
    thread.start()
    thread.join(seconds)
    if problems:
        raise problems[0]
    if not answers:
        raise Unknown(f"no answer within {seconds:.1f} s")
    return answers[0]
