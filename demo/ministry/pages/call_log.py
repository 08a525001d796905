"""The last calls, for the page that shows them: a handler of the services' log that keeps them in memory."""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

KEPT = 50
LOGGER = "icpportal.simulator"


@dataclass(frozen=True)
class Call:
    """One answered call."""

    at: datetime
    method: str
    sequence: str
    returned: int
    milliseconds: int


class Listener(logging.Handler):
    """Keeps the newest calls of this process, the only one; a restart begins with none."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: deque[Call] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Only lines about answered calls have a return code."""
        if not hasattr(record, "returned"):
            return
        at = datetime.fromtimestamp(record.created, UTC)
        facts = (getattr(record, "sequence", ""), record.returned, getattr(record, "ms", 0))
        self.calls.appendleft(Call(at, record.getMessage(), *facts))


listener = Listener()


def listen() -> None:
    """Begins to keep calls; a second call does nothing."""
    logger = logging.getLogger(LOGGER)
    if listener not in logger.handlers:
        logger.addHandler(listener)


def latest() -> list[Call]:
    """Newest first."""
    return list(listener.calls)
