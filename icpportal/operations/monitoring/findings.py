"""What a look at one part of the portal found, for the health pages and the alarms that follow from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Required, TypedDict


class Finding(TypedDict, total=False):
    """What one check found: whether all is well, and in which numbers."""

    ok: Required[bool]
    why: str
    missing: int
    systems: dict[str, str]
    queues: dict[str, int | None]
    late: dict[str, int]
    seconds: int | None
    most: int
    stopped: list[str]
    waiting: list[str]
    pulled: int | None
    sent: int | None
    overdue: int
    free_mb: int


def judged(check: Callable[[], Finding]) -> Finding:
    """What the check finds; one that breaks is not well, and said by the kind of its error alone."""
    try:
        return check()
    except Exception as problem:  # noqa: BLE001 -- whatever breaks, the page names it and goes on
        return {"ok": False, "why": type(problem).__name__}


def aged(age: timedelta | None, most: timedelta) -> Finding:
    """Well while it is young enough; `None` is never."""
    return {"ok": age is not None and age <= most, "seconds": seconds(age), "most": round(most.total_seconds())}


def seconds(age: timedelta | None) -> int | None:
    """Whole seconds, for JSON."""
    return None if age is None else round(age.total_seconds())
