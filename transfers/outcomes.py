"""What each outcome of "verify filing type" says: heading, one sentence, one way out."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers.decide import STARTS, Outcome
from transfers.models import Order, TypeCheck
from transfers.queries import own_open_order

Text = str | Promise


@dataclass(frozen=True)
class OutcomePage:
    """Words of one outcome; `way` names where its button leads."""

    heading: Text
    sentence: Text
    button: Text
    way: str
    drawing: str = "papers"


PAGES: dict[Outcome, OutcomePage] = {
    Outcome.TRANSFER: OutcomePage(
        _("Filing type: transfer"),
        _("The site is filed elsewhere and will now be added here"),
        _("Start the transfer"),
        "start",
        "bridge",
    ),
    Outcome.TRANSFER_ANOTHER: OutcomePage(
        _("Filing type: transfer another"),
        _("The subject is on file here. Its details are reused"),
        _("Continue"),
        "start",
        "bridge",
    ),
    Outcome.ALREADY_HERE: OutcomePage(
        _("This site is already with us"), _("There is nothing to do"), _("See the filing"), "filing"
    ),
    Outcome.OWN_ORDER: OutcomePage(
        _("An order is open for this domain"),
        _("Finish or abandon order %(ref)s first"),
        _("Open the order"),
        "own_order",
    ),
    Outcome.OTHER_ORDER: OutcomePage(
        _("An order is open elsewhere"),
        _("Finish it in the other account, or send us proof"),
        _("Send proof"),
        "objection",
    ),
    Outcome.OTHER_ACCOUNT: OutcomePage(
        _("On file in another account"),
        _("Sign in with that account and transfer from there"),
        _("Sign in again"),
        "sign_in",
    ),
    Outcome.IMPORT_FIRST: OutcomePage(
        _("Import from the old platform first"),
        _("The record is still on the old platform. Call us to have it imported, then transfer"),
        _("See how to reach us"),
        "help",
    ),
    Outcome.NOT_FILED: OutcomePage(
        _("No filing found"),
        _("First filings are not offered here. Check and try again"),
        _("Check entries"),
        "again",
    ),
    Outcome.NEW_SITE: OutcomePage(
        _("The subject is filed, the domain is not"),
        _("The site must be added as new, not offered here"),
        _("Check entries"),
        "again",
    ),
    Outcome.MISMATCH: OutcomePage(
        _("This does not match the record"),
        _("Compare the name, document number and domain"),
        _("Check entries"),
        "again",
    ),
    Outcome.CHANGED_DOCUMENT: OutcomePage(
        _("The document has changed"),
        _("Update the filing at your present provider first"),
        _("Understood"),
        "dashboard",
    ),
}


def page(check: TypeCheck) -> dict[str, Any]:
    """The page of a decided type check, with its address and whether its button posts."""
    found = PAGES[Outcome(check.outcome)]
    order = open_order(check)
    return {
        "outcome": check.outcome,
        "heading": found.heading,
        "sentence": found.sentence % {"ref": order.reference} if order else found.sentence,
        "button": found.button,
        "drawing": found.drawing,
        "starts": Outcome(check.outcome) in STARTS,
        "url": _url(found.way, check, order),
        "again_url": f"{reverse('verify-type')}?from={check.reference}",
    }


def open_order(check: TypeCheck) -> Order | None:
    """The order of this account that is in the way."""
    if check.outcome != Outcome.OWN_ORDER:
        return None
    return own_open_order(check.owner, check.answers["subject_key"], check.answers["domain"])


def _url(way: str, check: TypeCheck, order: Order | None) -> str:
    ways = {
        "start": lambda: reverse("verify-type-start", args=[check.reference]),
        "objection": lambda: reverse("objection", args=[check.reference]),
        "again": lambda: f"{reverse('verify-type')}?from={check.reference}",
        "own_order": lambda: order.get_absolute_url() if order else reverse("dashboard"),
        "sign_in": lambda: reverse("account_logout"),
        "help": lambda: reverse("help"),
        "filing": lambda: reverse("dashboard"),
        "dashboard": lambda: reverse("dashboard"),
    }
    return ways[way]()
