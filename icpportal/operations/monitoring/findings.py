"""Results of checks, for the health pages and the alarms that follow from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Required, TypedDict


class Finding(TypedDict, total=False):
    """The result of one check: whether all is well, with numbers."""

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
    refused: list[str]
    pulled: int | None
    sent: int | None
    overdue: int
    free_mb: int


def run_check(check: Callable[[], Finding]) -> Finding:
    """The result of the check; a failing check is not well, with only the type of its exception."""
    try:
        return check()
    except Exception as problem:  # noqa: BLE001 -- whatever breaks, the page names it and goes on
        return {"ok": False, "why": type(problem).__name__}


def age_finding(age: timedelta | None, most: timedelta) -> Finding:
    """Well while it is recent enough; `None` means never."""
    return {"ok": age is not None and age <= most, "seconds": seconds(age), "most": round(most.total_seconds())}


def seconds(age: timedelta | None) -> int | None:
    """Whole seconds, for JSON."""
    return None if age is None else round(age.total_seconds())
