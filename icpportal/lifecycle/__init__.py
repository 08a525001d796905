"""The mechanism of a life: rows, `fire`, `available`, the system check. It is handed the models."""

from icpportal.lifecycle.firing import Lifecycle
from icpportal.lifecycle.table import (
    ACTORS,
    APPLICANT,
    AUTHORITY,
    CLOCK,
    LEAD,
    OPERATIONS,
    REVIEWER,
    Due,
    Forbidden,
    T,
    Table,
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
    "Forbidden",
    "Lifecycle",
    "T",
    "Table",
]
