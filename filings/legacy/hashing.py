"""Slow work on many short texts, done by processes of its own beside the one that writes; they end with it."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import chain
from typing import TypeVar

PIECE = 100
MOST = 4  # processes; one processor is left to who writes
FORK = "fork"  # they start with what was set up already; where a system has no such thing, nothing is handed out
T = TypeVar("T")


class Beside:
    """Does work at once, or, after `hand_out`, beside what goes on meanwhile."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None

    def hand_out(self) -> None:
        """From now on others do the work: worth their start where there is much of it."""
        if self.pool is None and FORK in multiprocessing.get_all_start_methods():
            others = max(1, min(MOST, (os.cpu_count() or 1) - 1))
            context = multiprocessing.get_context(FORK)
            with suppress(OSError, NotImplementedError):  # no shared memory here, as in some containers
                self.pool = ProcessPoolExecutor(others, mp_context=context, initializer=_end_with_parent)

    def each(self, work: Callable[..., T], arguments: Sequence[tuple[str, ...]]) -> Iterator[T]:
        """What `work` gives for each, in their order. Raises `BrokenExecutor` when one of the others was killed."""
        if self.pool is None:
            return iter([work(*one) for one in arguments])
        pieces = [arguments[place : place + PIECE] for place in range(0, len(arguments), PIECE)]
        return chain.from_iterable(self.pool.map(_piece, [work] * len(pieces), pieces))

    def close(self) -> None:
        """End the others: what they are at is finished, what waits for them is dropped."""
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)


def _piece(work: Callable[..., T], piece: Sequence[tuple[str, ...]]) -> list[T]:
    return [work(*one) for one in piece]


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
