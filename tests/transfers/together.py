"""Two things done at the same moment, each in a thread with its own connection, like two processes."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*works: Callable[[], Any]) -> list[Any]:
    """Starts all at one signal; returns the result or exception of each, in order."""
    gate = threading.Barrier(len(works))
    ends: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            ends[place] = work()
        except Exception as problem:  # the test judges it
            ends[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def words(ends: list[Any]) -> list[str]:
    """The outcome of each, sorted: the name of its exception, or "done"."""
    return sorted(type(end).__name__ if isinstance(end, Exception) else "done" for end in ends)
