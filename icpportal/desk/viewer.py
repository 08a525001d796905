"""What the viewer of the desk shows: the papers of a case, in a strip and one or two at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper in the strip."""

    key: str  # in the page
    name: Words
    url: str  # "" while it cannot be looked at
    judged: str = ""  # of one that does not count any more: in which round it was judged, and when
    before: str = ""  # the key of what stood in its place when it was judged last

    @property
    def caption(self) -> Words:
        """Its name where it stands beside others; one that was replaced says so."""
        return f"{self.judged} · {self.name}" if self.judged else self.name


@dataclass(frozen=True, slots=True)
class Papers:
    """All papers of a case, as they count now and as they were judged before."""

    now: Sequence[Paper] = field(default_factory=list)
    replaced: Sequence[Paper] = field(default_factory=list)
