"""The shape of a lifecycle's table: sources, target, who may, deadline, messages and reports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from icpportal.fields.types import Fact

APPLICANT = "applicant"
REVIEWER = "reviewer"
LEAD = "lead"
AUTHORITY = "authority"
CLOCK = "clock"
OPERATIONS = "operations"
ACTORS = (APPLICANT, REVIEWER, LEAD, AUTHORITY, CLOCK, OPERATIONS)

# A lead reviewer may do everything a reviewer may.
ALSO = {LEAD: (LEAD, REVIEWER)}

Guard = Callable[[Any, dict[str, Fact]], bool]
Due = Callable[[Any, datetime, dict[str, Fact]], datetime]


@dataclass(frozen=True)
class Move:
    """A move. Rows of the same name are tried in order; the first whose guard holds is used."""

    name: str
    sources: tuple[str, ...]
    target: str
    by: str
    kinds: tuple[str, ...] | None = None
    guard: Guard | None = None
    due: Due | None = None
    notify: str = ""
    enqueue: str = ""

    def open_to(self, by: str) -> bool:
        return self.by in ALSO.get(by, (by,))


Row = TypeVar("Row", bound=Move)


class MoveNotAllowed(Exception):
    """No row fits this move, state, actor and facts: a race or a forged request."""


@dataclass(frozen=True)
class MoveTable(Generic[Row]):
    """All rows for one kind of thing; rows without `kinds=` hold for the given kinds."""

    rows: tuple[Row, ...]
    usual_kinds: tuple[str, ...]

    def holds_for(self, row: Row, kind: str) -> bool:
        return kind in (row.kinds or self.usual_kinds)

    def rows_from(self, kind: str, state: str, by: str) -> Iterable[Row]:
        """The rows that leave `state`, in order, without asking guards."""
        return (r for r in self.rows if state in r.sources and self.holds_for(r, kind) and r.open_to(by))

    def states(self) -> set[str]:
        """Every state the table names."""
        return {state for row in self.rows for state in (*row.sources, row.target)}

    def timed_states(self) -> set[str]:
        """The states that some row enters with a deadline."""
        return {row.target for row in self.rows if row.due}

    def left_by_clock(self) -> set[str]:
        """The states that the clock can end."""
        return {state for row in self.rows if row.by == CLOCK for state in row.sources}
