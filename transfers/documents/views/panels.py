"""The panels that only some documents have on their page."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms

from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from transfers.documents import reuse
from transfers.models import Order
from transfers.orders import queries
from transfers.pages.rules_summary import Site, moved_to, site
from transfers.returns.returned_parts import ReturnedPart


@dataclass(frozen=True, slots=True)
class EarlierPicture:
    """A picture that a reviewer saw and that was replaced since."""

    url: str
    side: Words


@dataclass(frozen=True, slots=True)
class Returned(Panel):
    """Why the document was returned, with the pictures that our reviewer saw."""

    template: ClassVar[str] = "transfers/documents/slot_returned.html"
    parts: list[ReturnedPart]
    before: list[EarlierPicture]


@dataclass(frozen=True, slots=True)
class Wanted(Panel):
    """What the province wants, item by item."""

    template: ClassVar[str] = "transfers/documents/slot_wanted.html"
    items: list[Words]


@dataclass(frozen=True, slots=True)
class StatementDownload(Panel):
    """The link to the filled-in statement."""

    template: ClassVar[str] = "transfers/documents/slot_statement.html"


@dataclass(frozen=True, slots=True)
class FormToDownload(Panel):
    """Where to find a letter's form, if the authority has one."""

    template: ClassVar[str] = "transfers/documents/slot_form.html"
    source: Site
    moved_to: Site | None


@dataclass(frozen=True, slots=True)
class Consent(Panel):
    """The consent of the person whom the document shows."""

    template: ClassVar[str] = "transfers/documents/slot_consent.html"
    person: str
    text: Words
    form: forms.Form


@dataclass(frozen=True, slots=True)
class EarlierPaper(Panel):
    """The document of an earlier order, and whether it can be used now."""

    template: ClassVar[str] = "transfers/documents/slot_earlier.html"
    offer: reuse.Offer
    person: str
    may_use: bool


def form_of_commitment(order: Order) -> FormToDownload:
    """Where to find the form of the letter of commitment."""
    address = queries.rules_of(order).filing_site
    return FormToDownload(site(address), moved_to(address))
