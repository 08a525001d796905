"""The panels of the page before submitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from icpportal.fields.components import Panel, SummaryRow
from icpportal.fields.types import Words
from transfers.check.readiness import Gap


@dataclass(frozen=True, slots=True)
class Gaps(Panel):
    """What is missing, each with the page where it is changed."""

    template: ClassVar[str] = "transfers/check/gaps.html"
    gaps: list[Gap]


@dataclass(frozen=True, slots=True)
class Advice(Gaps):
    """What does not stop the order but may lead to a return."""

    template: ClassVar[str] = "transfers/check/advice.html"


@dataclass(frozen=True, slots=True)
class Section(Panel):
    """One part of the answers, with the address where it may be changed."""

    template: ClassVar[str] = "transfers/check/section.html"
    title: Words
    rows: Sequence[SummaryRow]
    url: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One picture of a document, with the address where it may be replaced."""

    title: Words
    side: Words
    url: str
    preview_url: str
    origin: str  # the order it was uploaded for, if another one

    @property
    def name(self) -> Words:
        """The document, and which side of it."""
        return f"{self.title} · {self.side}" if self.side else self.title


@dataclass(frozen=True, slots=True)
class Papers(Panel):
    """The documents of the order, and pictures replaced since our reviewer saw them."""

    template: ClassVar[str] = "transfers/check/papers.html"
    papers: list[PaperRow]
    replaced: list[PaperRow]
