"""Limits calls to outside systems that a person waits for: few at once, and a few seconds altogether.

A view with such calls wraps them in one `with request_budget() as ask:`. A stalled system then costs at most
`GATEWAY_REQUEST_SECONDS` of `GATEWAY_REQUESTS_AT_ONCE` threads of this process, which has some more. Further requests
wait up to `GATEWAY_SLOT_SECONDS` for one of them to finish.
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
    """This process has as many calls under way as it allows: nothing was asked or counted."""


class RequestBudget:
    """The time one request may still spend on outside systems."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, at least 0: pass it to a gateway as `timeout`."""
        return max(0.0, self.ends - time.monotonic())


class Ticket:
    """A place in the queue of waiting requests."""


class ConcurrencyLimit:
    """The calls under way in this process, by when each began, and the requests that wait for one to end."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.began: list[float] = []
        self.queue: deque[Ticket] = deque()

    @property
    def in_use(self) -> int:
        """How many calls are under way."""
        return len(self.began)

    def take(self, most: int) -> float | None:
        """A slot, to be given back, or `None` when none was free in `GATEWAY_SLOT_SECONDS`; first come, first served.

        Nobody waits for a system that hangs: once all calls are older than that, it returns at once, so that waiting
        requests cannot block the process's threads either.
        """
        ticket, patience = Ticket(), settings.GATEWAY_SLOT_SECONDS
        gives_up = time.monotonic() + patience
        with self.changed:
            self.queue.append(ticket)
            try:
                while self.in_use >= most or self.queue[0] is not ticket:
                    hangs = max(self.began, default=-math.inf) + patience if self.in_use >= most else math.inf
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
    """One slot and one time limit for all calls of a request; `Busy` when no slot is free in time.

    Inside another `request_budget()` it is the same one, with its slot and time.
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
    """One time limit for the calls of a job, at most what a surrounding request has left; takes no slot."""
    token = current.set(ask := RequestBudget(seconds_for(seconds)))
    try:
        yield ask
    finally:
        current.reset(token)


def seconds_for(timeout: float | None) -> float:
    """How long one call may take: what the caller allows, and at most what the surrounding request has left."""
    around = current.get()
    longest = settings.GATEWAY_REQUEST_SECONDS if around is None else around.left
    seconds = longest if timeout is None else min(timeout, longest)
    if seconds <= 0:
        raise Retryable("no time left to ask")
    return seconds


def call_within(call: Callable[[], Answer], seconds: float) -> Answer:
    """The result or exception of `call`, or `Unknown` when it does not return within `seconds`.

    For clients whose own timeout limits one read, not the whole answer. A late call continues in its thread until its
    own timeout, and its result is dropped: so it must not use the database.
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
