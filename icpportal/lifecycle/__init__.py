"""The mechanism of lifecycles: rows, `apply`, `apply_many`, `available`, the system check. Models are passed in."""

from icpportal.lifecycle.machine import AppliedMove, Batch, Lifecycle, note_act
from icpportal.lifecycle.table import (
    ACTORS,
    APPLICANT,
    AUTHORITY,
    CLOCK,
    LEAD,
    OPERATIONS,
    REVIEWER,
    Due,
    Move,
    MoveNotAllowed,
    MoveTable,
)

__all__ = [
    "ACTORS",
    "APPLICANT",
    "AUTHORITY",
    "CLOCK",
    "LEAD",
    "OPERATIONS",
    "REVIEWER",
    "Batch",
    "Due",
    "MoveNotAllowed",
    "Lifecycle",
    "AppliedMove",
    "Move",
    "MoveTable",
    "note_act",
]
