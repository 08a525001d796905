"""The queries of a page of a large world, and their cost."""

import os
from dataclasses import dataclass, field

LARGE = 10_000  # rows of a table that may no longer be read in full
TIMES = int(os.environ.get("TIMES", "20"))
PARTS = ("shop", "paper-shop", "lotus", "a12", "示例")  # typed parts of a name or a domain, and one shared by many


@dataclass
class Page:
    """One page's statements: number, buffers read, 95th percentile of the time, and the worst plans."""

    name: str
    queries: int = 0
    buffers: int = 0
    first: int = 0  # buffers read on a first visit, counts not cached
    slowest: float = 0.0
    whole: list[str] = field(default_factory=list)
    plans: list[tuple[int, float, str]] = field(default_factory=list)
