"""The desk's viewer: the documents of a case, in a strip and one or two side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document in the strip."""

    key: str  # its id in the page
    name: Words
    url: str  # "" while it cannot be viewed
    judged: str = ""  # for a replaced one: when and in which round it was judged
    before: str = ""  # key of the one judged before in its place

    @property
    def caption(self) -> Words:
        """Its name beside others; says if it was replaced."""
        return f"{self.judged} · {self.name}" if self.judged else self.name


@dataclass(frozen=True, slots=True)
class Papers:
    """All documents of a case: current ones, and those judged before."""

    now: Sequence[Paper] = field(default_factory=list)
    replaced: Sequence[Paper] = field(default_factory=list)
