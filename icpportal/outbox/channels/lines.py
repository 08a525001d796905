"""Connections to the outside that the messages of one round share, closed when it ends."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.mail.backends.base import BaseEmailBackend

from icpportal.gateways.errors import Unknown
from icpportal.gateways.request_budget import bounded

logger = logging.getLogger(__name__)
GOODBYE_SECONDS = 5.0
Line = BaseEmailBackend
_kept: ContextVar[dict[str, Line] | None] = ContextVar("lines", default=None)


@contextmanager
def kept() -> Iterator[None]:
    """Inside of it a connection that was put back is there for the next message."""
    lines: dict[str, Line] = {}
    token = _kept.set(lines)
    try:
        yield
    finally:
        _kept.reset(token)
        for line in lines.values():
            _close(line)


def take(name: str, make: Callable[[], Line]) -> tuple[Line, bool]:
    """A connection, and whether it served another message before. It is nobody else's until it is put back."""
    line = (_kept.get() or {}).pop(name, None)
    return (make(), False) if line is None else (line, True)


def put_back(name: str, line: Line) -> None:
    """It works: the next message may have it. Outside of a round it is closed."""
    lines = _kept.get()
    if lines is None:
        _close(line)
    else:
        lines[name] = line


def _close(line: Line) -> None:
    """What it carried is delivered: how the goodbye ends says nothing about that."""
    try:
        bounded(line.close, GOODBYE_SECONDS)
    except (OSError, Unknown) as trouble:
        logger.info("connection closed without goodbye", extra={"trouble": type(trouble).__name__})
