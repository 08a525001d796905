"""What an antivirus scanner says about a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scan:
    """`clean`, or the name of what was found; `scanned` is False where nothing looks at files at all."""

    clean: bool
    found: str = ""
    scanned: bool = True
