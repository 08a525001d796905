"""The page of each outcome of "verify filing type": heading, one sentence, one button."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.provinces import province
from filings.queries import websites_of
from icpportal.fields.domains import display_domain
from transfers.filing_type.decision import Differs, Outcome
from transfers.models import Order, TypeCheck
from transfers.orders.actions import ASKED_ABOUT
from transfers.orders.queries import own_open_order
from transfers.pages import blocking_order

Text = str | Promise


@dataclass(frozen=True)
class OutcomePage:
    """The texts of one outcome; `way` names where its button leads."""

    heading: Text
    sentence: Text
    button: Text
    way: str
    drawing: str = "papers"


PAGES: dict[Outcome, OutcomePage] = {
    Outcome.TRANSFER: OutcomePage(
        _("Filing type: transfer"),
        _("The website is on file with another provider, and we are added now"),
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
        _("This website has already been transferred to us"), _("Nothing to do"), _("See the filing"), "filing"
    ),
    Outcome.OWN_ORDER: OutcomePage(
        _("An order is open for this domain"),
        _("Finish or abandon order %(ref)s first"),
        _("Open the order"),
        "own_order",
    ),
    Outcome.OTHER_ORDER: OutcomePage(
        _("Another account has an open order"),
        _("Finish the order in the other account, or send us proof"),
        _("Submit proof"),
        "objection",
    ),
    Outcome.OTHER_ACCOUNT: OutcomePage(
        _("On file in another account"),
        _("Sign in with that account and transfer from there"),
        _("Sign in with that account"),
        "sign_in",
    ),
    Outcome.IMPORT_FIRST: OutcomePage(
        _("Import from the old platform first"),
        _("The record is still on the old platform. Import it into this account first"),
        _("Import"),
        "import",
    ),
    Outcome.NOT_FILED: OutcomePage(
        _("No filing found"),
        _(
            "Check the province, name, document number and domain. A website that was never filed needs "
            "a first filing, which is not available here"
        ),
        _("Go back and change"),
        "again",
    ),
    Outcome.NEW_SITE: OutcomePage(
        _("The subject is filed, the domain is not"),
        _(
            "Check the domain first, then the province, name and document number. A website that is not "
            "filed must be added as a new one, which is not available here"
        ),
        _("Go back and change"),
        "again",
    ),
    Outcome.MISMATCH: OutcomePage(
        _("This does not match the record"),
        _("Check the province, name, document number and domain"),
        _("Go back and change"),
        "again",
    ),
    Outcome.CHANGED_DOCUMENT: OutcomePage(
        _("The site is on file under another document"),
        _(
            "Check the type and number of the document, then the province and name. If the document has "
            "changed, update the filing with your current provider first"
        ),
        _("Understood"),
        "dashboard",
    ),
}


# replaces the sentence of a mismatch where what differs may be named
DIFFERS: dict[Differs, Text] = {
    Differs.DOCUMENT: _(
        "Nothing is filed under this document, but the domain is on file. "
        "Check the type and number of the document, then the province, name and domain"
    ),
    Differs.PROVINCE: _("The filing is in another province. Check the province"),
    Differs.PROVINCE_OF_DOMAIN: _("The domain is filed in another province. Check the province and the domain"),
    Differs.NAME: _("The province matches. The name differs from your filing with us: check the name"),
    Differs.PROVINCE_AND_NAME: _("The province and the name differ from the filing. Check both"),
    Differs.DOMAIN: _(
        "The domain does not match the filing of this subject. Check the domain. "
        "If the province or the document has changed, update the filing first"
    ),
}


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """An outcome's page with its address; whether its button posts."""

    outcome: str
    heading: Text
    sentence: Text
    button: Text
    drawing: str
    starts: bool
    url: str
    again_url: str
    domain: str
    name: str
    advice: list[str]


def page(check: TypeCheck) -> OutcomeView:
    """The page of a decided type check."""
    found = PAGES[Outcome(check.outcome)]
    order = open_order(check)
    if found.way == "own_order" and order is None:
        found = NO_LONGER
    return OutcomeView(
        outcome=check.outcome,
        heading=OPEN_FOR_SUBJECT if order and order.domain != check.answers["domain"] else found.heading,
        sentence=blocking_order.words(order) if order else _differs(check, found),
        button=found.button,
        drawing=found.drawing,
        starts=found.way == "start",
        url=WAYS[found.way](check, order),
        again_url=again_url(check),
        domain=display_domain(check.answers["domain"]),
        name=check.answers["name"],
        advice=advice(check) if found.way == "start" else [],
    )


def _differs(check: TypeCheck, found: OutcomePage) -> Text:
    return DIFFERS.get(Differs(check.differs), found.sentence)


OPEN_FOR_SUBJECT = _("An order is open for this subject")  # for another of its websites
NO_LONGER = OutcomePage(
    _("The order that was open has ended"), _("Verify the filing type once more"), _("Go back and change"), "again"
)


def open_order(check: TypeCheck) -> Order | None:
    """The order of this account that blocks a new one."""
    if check.outcome != Outcome.OWN_ORDER:
        return None
    return own_open_order(check.owner, check.subject_key, check.answers["domain"])


def advice(check: TypeCheck) -> list[str]:
    """What does not stop the order but is likely to be returned, by the province's rules."""
    answers = check.answers
    facts = checks.read(province=province(answers["region"][:2]), type_answers=answers)
    return [finding.message for finding in checks.run("type", facts) if not finding.stops]


def again_url(check: TypeCheck) -> str:
    """The form of step 1 with what was typed; if only the domain was asked, that page."""
    subject = check.answers.get(ASKED_ABOUT)
    page = reverse("another-of", args=[subject]) if subject else reverse("verify-type")
    return f"{page}?from={check.reference}"


def _filing(check: TypeCheck) -> str:
    site = websites_of(check.owner).filter(domain=check.answers["domain"]).first()
    return reverse("filing", args=[site.pk]) if site else reverse("dashboard")


WAYS: dict[str, Callable[[TypeCheck, Order | None], str]] = {
    "start": lambda check, _order: reverse("verify-type-start", args=[check.reference]),
    "objection": lambda check, _order: reverse("objection", args=[check.reference]),
    "again": lambda check, _order: again_url(check),
    "own_order": lambda _check, order: order.get_absolute_url() if order else reverse("dashboard"),
    "sign_in": lambda _check, _order: reverse("account_logout"),
    "import": lambda _check, _order: reverse("import"),
    "filing": lambda check, _order: _filing(check),
    "dashboard": lambda _check, _order: reverse("dashboard"),
}
