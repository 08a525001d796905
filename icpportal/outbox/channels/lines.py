"""Connections that the messages of one round share, closed at its end."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.mail.backends.base import BaseEmailBackend

from icpportal.gateways.errors import Unknown
from icpportal.gateways.request_budget import call_within

logger = logging.getLogger(__name__)
GOODBYE_SECONDS = 5.0
Line = BaseEmailBackend
_kept: ContextVar[dict[str, Line] | None] = ContextVar("lines", default=None)


@contextmanager
def keep_open() -> Iterator[None]:
    """Keeps returned connections for the next message during the block."""
    lines: dict[str, Line] = {}
    token = _kept.set(lines)
    try:
        yield
    finally:
        _kept.reset(token)
        for line in lines.values():
            _close(line)


def take(name: str, make: Callable[[], Line]) -> tuple[Line, bool]:
    """A connection, and whether it served another message before. It is exclusive until returned."""
    line = (_kept.get() or {}).pop(name, None)
    return (make(), False) if line is None else (line, True)


def put_back(name: str, line: Line) -> None:
    """Returns a working connection for the next message; outside a round it is closed."""
    lines = _kept.get()
    if lines is None:
        _close(line)
    else:
        lines[name] = line


def _close(line: Line) -> None:
    """What it carried is delivered: how closing ends does not matter."""
    try:
        call_within(line.close, GOODBYE_SECONDS)
    except (OSError, Unknown) as trouble:
        logger.info("connection closed without goodbye", extra={"trouble": type(trouble).__name__})
