"""Texts for the two kinds of claims: an old record, or an old account whose password is forgotten."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The texts on the pages of one kind of claim."""

    title: Words
    lead: Words
    earlier: Words
    of_domain: Words
    send: Words
    withdraw: Words


CLAIM = ClaimWords(
    title=_("Claim an old filing"),
    lead=_("For filings made before June 2010. Tell us which one, then upload documents that show it is yours."),
    earlier=_("Your claims"),
    of_domain=_("Claim of %(domain)s"),
    send=_("Submit the claim"),
    withdraw=_("Withdraw the claim"),
)
RESET = ClaimWords(
    title=_("Old account, password forgotten"),
    lead=_(
        "Name one filing in the old account, then upload documents. We answer in 1 to 2 working days. "
        "You can then import without the password."
    ),
    earlier=_("Your requests"),
    of_domain=_("Old account of %(domain)s"),
    send=_("Submit the documents"),
    withdraw=_("Withdraw the request"),
)
PAPERS_ASKED = _(
    "Individuals: both sides of the ID document, and a photo of the person holding it. Organisations: the "
    "certificate, a sealed letter of authorisation, and the ID document of the authorised person."
)

OF_ORGANISATION = (
    _("Document of the subject, first side"),
    _("Document of the subject, second side"),
    _("Photo of a person holding the document, or sealed authorization"),
    _("Another document"),
)
OF_INDIVIDUAL = (
    _("ID document, first side"),
    _("ID document, second side"),
    _("Photo of the person holding the ID document"),
    _("Another document"),
)


def claim_words(*, is_reset: bool) -> ClaimWords:
    """The texts of this claim's kind."""
    return RESET if is_reset else CLAIM


def paper_titles(*, is_individual: bool) -> tuple[Words, ...]:
    """The titles of the documents in the order of their sides, as they are named for this kind of subject."""
    return OF_INDIVIDUAL if is_individual else OF_ORGANISATION
