"""Processes whose clock is set while they run, by the seconds in `VAR_DIR/clock`: the mover, and Celery.

`python -m tests.journeys.clock …` is Celery. The database keeps its own clock, as on another host.
"""

import os
import sys
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["VAR_DIR"]) / "clock"
LOOKS = threading.Event()  # never set: only waited for, which no clock change affects


class Clock:
    """The offset of this process's clock."""

    off = 0
    travel: time_machine.travel | None = None

    def set(self, off: int) -> None:
        if self.travel is not None:
            self.travel.stop()
        self.travel, self.off = time_machine.travel(time.time() + off, tick=True), off
        self.travel.start()

    def look(self) -> None:
        """Sets the clock, if that was requested."""
        asked = int(FILE.read_text()) if FILE.exists() else 0
        if asked != self.off:
            self.set(asked)

    def follow(self) -> None:
        while not LOOKS.wait(0.1):
            self.look()


CLOCK = Clock()


def watch() -> None:
    """Starts this, for this process and those it forks."""
    os.register_at_fork(after_in_child=_begin)
    _begin()


def _begin() -> None:
    threading.Thread(target=CLOCK.follow, daemon=True).start()


if __name__ == "__main__":
    watch()
    from celery.__main__ import main

    sys.exit(main())
