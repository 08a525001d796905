"""Counts the answers of outside systems, whoever asks."""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from icpportal.gateways.errors import NotYet, Refused, Retryable, Unknown
from icpportal.metrics.counters import count_answer

P = ParamSpec("P")
Given = TypeVar("Given")
# the first match; any other exception is a fault of ours
OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (NotYet, "not_asked"),
    (Unknown, "unknown"),
    (Retryable, "no_answer"),
    (Refused, "refused"),
    (Exception, "broken"),
)


@contextmanager
def count_call(system: str) -> Iterator[None]:
    """Counts one call by its result."""
    began = time.monotonic()
    outcome = "ok"
    try:
        yield
    except Exception as problem:
        outcome = next(word for kind, word in OUTCOMES if isinstance(problem, kind))
        raise
    finally:
        count_answer(system, outcome, time.monotonic() - began)


def counting(system: str, gateway: Given, *methods: str) -> Given:
    """Wraps a gateway so that its calls are counted under this name."""
    for name in methods:
        setattr(gateway, name, _count_calls(system, getattr(gateway, name)))
    return gateway


def _count_calls(system: str, ask: Callable[P, Given]) -> Callable[P, Given]:
    @functools.wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Given:
        with count_call(system):
            return ask(*args, **kwargs)

    return asked
