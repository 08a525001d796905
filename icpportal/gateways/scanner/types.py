"""The verdict of a virus scanner."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scan:
    """`clean`, or the name of what was found; `scanned` is False when there is no scanner."""

    clean: bool
    found: str = ""
    scanned: bool = True
