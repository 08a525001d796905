"""Leaves a system that failed slowly alone for a while, so that not every request waits for it."""

import time
from dataclasses import dataclass


@dataclass
class Pause:
    """A pause of so many seconds, in this process."""

    seconds: float
    until: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the system is left alone now."""
        return time.monotonic() < self.until

    def begin(self) -> None:
        """Starts the pause: the system has just failed."""
        self.until = time.monotonic() + self.seconds
