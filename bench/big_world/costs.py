"""What a page of a large world is asked, and what it cost there."""

import os
from dataclasses import dataclass, field

LARGE = 10_000  # rows from which on a table may not be read whole
TIMES = int(os.environ.get("TIMES", "20"))
PARTS = ("shop", "paper-shop", "lotus", "a12", "示例")  # what is typed of a name or a domain, and what many have


@dataclass
class Page:
    """What one page asked: its statements, how much each read, how long nearly all took, and the worst plan."""

    name: str
    queries: int = 0
    buffers: int = 0
    first: int = 0  # pages read for who comes first, and for whom is counted
    slowest: float = 0.0
    whole: list[str] = field(default_factory=list)
    plans: list[tuple[int, float, str]] = field(default_factory=list)
