"""A Ctrl-C that cannot get lost."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.5


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside the block Ctrl-C raises `KeyboardInterrupt`, and again twice a second until it has left the block.

    Once is not enough: an exception in a finaliser or a callback of the garbage collector ends only that. Python
    would print its traceback and go on; here it is not even printed. Works even if the process was started with Ctrl-C
    ignored. Main thread only; uses SIGALRM.
    """
    report = sys.unraisablehook
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)}

    def ask(_number: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
        raise KeyboardInterrupt

    def pass_over(lost: "sys.UnraisableHookArgs") -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            report(lost)

    try:
        sys.unraisablehook = pass_over
        for number in before:
            signal.signal(number, ask)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = report
