"""The mechanism of a life: rows, `apply`, `available`, the system check. It is handed the models."""

from icpportal.lifecycle.machine import Lifecycle, note_act
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
    "Due",
    "MoveNotAllowed",
    "Lifecycle",
    "Move",
    "MoveTable",
    "note_act",
]
