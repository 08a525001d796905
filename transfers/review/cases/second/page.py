"""The page of a second look."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from icpportal.fields.types import Words
from transfers.returns.labels import section_of
from transfers.review.cases.judgement import Judgement
from transfers.review.cases.parts.photo_rules import part_label
from transfers.review.cases.parts.verdicts import RETURN, Tally


@dataclass(frozen=True, slots=True)
class MarkedPart:
    """A part that the second person marked."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class SecondPage:
    """The variables of `admin/transfers/case/second.html`; with marks it returns, without it confirms."""

    reference: str
    case_url: str
    lease: str
    first: str
    told: str
    because: str
    tally: Tally
    set_aside: list[Words]
    marked: list[MarkedPart]
    form: forms.Form
    happens: list[Words]
    kept: str
    version: int
    seconds: int
    query: str

    @property
    def title(self) -> str:
        """What is about to be done."""
        return _("Send back to %(name)s") % {"name": self.first} if self.marked else _("Confirm as the second person")


def marked_of(case: Judgement) -> list[MarkedPart]:
    """The parts that the second person marked, with the reasons."""
    return [
        MarkedPart(f"{section_of(part)} · {part_label(part)}", " ".join(filter(None, (each.words, each.words_en))))
        for part, each in case.verdicts.items()
        if each.said == RETURN
    ]


def happens(first: str, *, sends_back: bool) -> list[Words]:
    """What follows, line by line."""
    if sends_back:
        return [
            _("%(name)s has the order for 30 minutes, with your marks and your words") % {"name": first},
            _("Once it is accepted again, a second person looks at it again"),
            _("The applicant sees nothing of it"),
        ]
    return [_("The order goes to the authority; the applicant is told")]


def seconds() -> int:
    """For how long it can be undone."""
    return round(settings.DECISION_OPEN_FOR.total_seconds())
