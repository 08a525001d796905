"""What several parts of a page read about the same row."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

READS = "_reads"
Found = TypeVar("Found")


class Versioned(Protocol):
    """A row whose version changes with it."""

    version: int


def read_once(row: Versioned, what: object, read: Callable[[], Found]) -> Found:
    """Returns what `read` returned before about `what`, as long as this object holds the same version of its row.

    For values that nobody changes in place, read from other tables.
    """
    known: dict[object, Found] = _known(row)
    if what not in known:
        known[what] = read()
    return known[what]


def keep(row: Versioned, what: object, found: object) -> None:
    """Keeps what was read about this row together with others, for `read_once`."""
    _known(row)[what] = found


def _known(row: Versioned) -> dict[object, Any]:
    version, known = getattr(row, READS, (None, {}))
    if version != row.version:
        known = {}
        setattr(row, READS, (row.version, known))
    return known
