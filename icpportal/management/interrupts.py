"""Ctrl-C that cannot be lost."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_SECONDS = 0.5


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it Ctrl-C raises `KeyboardInterrupt`, and again twice a second until that has left the block.

    Once is not enough: Python only prints what is raised inside a finaliser or a callback of the garbage collector, and
    goes on. Whoever started the process may have Ctrl-C ignored; here it is not. Main thread only; uses SIGALRM.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)}

    def ask(_number: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
        raise KeyboardInterrupt

    try:
        for number in before:
            signal.signal(number, ask)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
