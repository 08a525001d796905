"""The page objects of a case."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django import forms
from django.utils.safestring import SafeString

from icpportal.approvals.words import RequestPanel
from icpportal.fields.components import Panel, StateMark
from icpportal.fields.types import Words
from icpportal.gateways.miit.sent_reports import SentReport
from transfers.review.baskets.due import Due
from transfers.review.baskets.page import Act
from transfers.review.cases.events import CaseEvent
from transfers.review.cases.notes import CaseNote
from transfers.review.cases.parts.lack import Lack
from transfers.review.cases.parts.look import LookBox
from transfers.review.cases.parts.papers import Papers
from transfers.review.cases.parts.part import Part, Section, attributes
from transfers.review.cases.parts.verdicts import Tally


@dataclass(frozen=True, slots=True)
class Arc:
    """A segment of the ring of verdicts, in SVG attributes."""

    key: str
    dashes: str
    offset: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The variables of `admin/transfers/case/case.html`."""

    reference: str
    domain: str
    state: StateMark
    facts: SafeString
    round: str
    due: Due | None
    lease: str  # whose it is, and until or since when
    acts: list[Act]
    can_judge: bool  # whether the reader may decide now
    decided: str  # a decision that is not final yet, in words
    sections: list[Section]
    papers: Papers
    tally: Tally
    arcs: list[Arc]
    not_yet: Lack
    notes: list[CaseNote]
    water: str  # watermark of each picture: who looks, and when
    kept: str
    version: int
    panels: list[Panel] = field(default_factory=list)
    photo_form: forms.Form | None = None
    more_url: str = ""
    back: str = ""  # link to the list the reader came from
    query: str = ""  # the same, for links within the case
    errors: list[str] = field(default_factory=list)
    asked: list[RequestPanel] = field(default_factory=list)  # requests that a second person must allow first
    look: LookBox | None = None  # set when it was accepted and waits for a second look
    show_reasons: list[tuple[str, Words]] = field(default_factory=list)  # why a masked value is shown in full

    @property
    def title(self) -> str:
        """The order and its domain."""
        return f"{self.reference} · {self.domain}"

    @property
    def parts(self) -> list[Part]:
        """Every part, in order."""
        return [part for section in self.sections for part in section.parts]

    @property
    def looks(self) -> int:
        """How many parts have findings."""
        return sum(bool(part.findings) for part in self.parts)

    @property
    def changed(self) -> list[Part]:
        """The parts that were changed since the last return."""
        return [part for part in self.parts if part.is_changed or part.told]

    @property
    def equal(self) -> list[Part]:
        """The parts that can be accepted together: without verdict, equal to what is on file, without finding."""
        return [part for part in self.parts if part.is_judged and not part.said and part.is_equal]

    @property
    def hides_lack(self) -> SafeString:
        """The attribute of the note that it cannot be accepted yet."""
        return attributes(hidden=self.tally.is_whole)

    @property
    def hides_accept(self) -> SafeString:
        """The attribute of the link to accept."""
        return attributes(hidden=not self.tally.is_whole)

    @property
    def is_photo(self) -> bool:
        """Whether the photo is judged now, not the answers."""
        return self.photo_form is not None


@dataclass(frozen=True, slots=True)
class PurposePage:
    """The variables of `admin/transfers/case/purpose.html`: the order without any of its answers."""

    reference: str
    domain: str
    case_url: str
    lease: str
    acts: list[Act]
    back: str
    kept: str
    version: int
    query: str

    @property
    def title(self) -> str:
        """The order and its domain."""
        return f"{self.reference} · {self.domain}"


@dataclass(frozen=True, slots=True)
class Question:
    """A colleague's question to the reader."""

    pk: UUID
    author: str
    about: str  # the part
    words: str
    typed: str  # of an answer, so far


@dataclass(frozen=True, slots=True)
class MorePage:
    """The variables of `admin/transfers/case/more.html`."""

    reference: str
    domain: str
    case_url: str
    lease: str
    asked_part: str  # which a colleague is asked about, where the case said so
    asked_label: Words
    questions: list[Question]
    forms: dict[str, forms.Form]
    note: str  # what was typed so far
    happened: list[CaseEvent]
    sent: list[SentReport]  # reports sent to the ministry
    kept: str
    version: int
    query: str
    errors: list[str]

    @property
    def title(self) -> str:
        """The order and its domain."""
        return f"{self.reference} · {self.domain}"


@dataclass(frozen=True, slots=True)
class UnreadablePage:
    """The variables of `admin/transfers/case/cannot_read.html`."""

    title: Words
    domain: str
    entered_at: datetime
    state: str
    is_erased: bool
