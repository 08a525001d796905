"""A system that failed slowly is left alone for a while, so that not every request waits for it."""

import time
from dataclasses import dataclass


@dataclass
class Pause:
    """So many seconds, in this process."""

    seconds: float
    until: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the system is left alone now."""
        return time.monotonic() < self.until

    def begin(self) -> None:
        """It failed a moment ago."""
        self.until = time.monotonic() + self.seconds
