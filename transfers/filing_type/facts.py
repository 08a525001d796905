"""Gathers the facts for "verify filing type": the authority, our register, the old platform, open orders.

Whatever is found, the same questions are asked and the same rows are read, so that the time taken reveals nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from filings.equality import is_same_text
from filings.provinces import Province, province
from filings.queries import RegisterSnapshot, register_snapshot
from filings.register import certificates, regions
from filings.register.numbers import FilingNumber, read_number, report_unread
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.database.prepared import insert_whole
from icpportal.fields.components import SummaryRow
from icpportal.fields.domains import display_domain
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.base import Authority, authority
from icpportal.gateways.miit.types import CANNOT_ASK, FilingStatus
from icpportal.gateways.request_budget import request_budget
from icpportal.privacy.masks import mask_number
from transfers.filing_type.decision import Differs, Outcome, TypeFacts, decide, differs
from transfers.models import TypeCheck
from transfers.orders import queries
from transfers.orders.actions import ASKED_ABOUT
from transfers.pages.service_errors import busy, too_many, unread_number

GOOD_FOR = timedelta(days=1)


class UnreadNumber(Exception):
    """The authority has a filing whose number has an unknown form; the text is the number."""


class TypeForm(Protocol):
    """A form that knows what to ask about."""

    def answers(self) -> dict[str, str]: ...
    def add_error(self, field: str | None, error: ValidationError, /) -> None: ...


def ask(owner: User, form: TypeForm) -> TypeCheck | None:
    """Decides on the typed answers and stores the check; `None` with a form error when nobody could be asked."""
    allowed = limits.consume("verify_type", str(owner.pk))
    if not allowed.ok:
        form.add_error(None, too_many(allowed.until))
        return None
    answers = form.answers()
    try:
        by_document, by_domain = _ask_both(answers)
    except (Retryable, Refused):
        limits.refund("verify_type", str(owner.pk))
        form.add_error(None, busy())
        return None
    except UnreadNumber as unread:
        limits.refund("verify_type", str(owner.pk))
        report_unread(str(unread), reference=f"account {owner.pk}")
        form.add_error(None, unread_number())
        return None
    found = facts(owner, answers, by_document, by_domain)
    outcome = decide(found)
    check = TypeCheck(
        owner=owner,
        answers=answers,
        outcome=outcome,
        differs=_differs(found, answers) if outcome == Outcome.MISMATCH else "",
        subject_number=by_document.number,
        site_number=by_domain.number,
    )
    insert_whole([check])
    return check


def _differs(found: TypeFacts, answers: dict[str, str]) -> Differs:
    """Where only the domain was typed, only the domain can differ."""
    return Differs.DOMAIN if ASKED_ABOUT in answers else differs(found)


@dataclass(frozen=True)
class FilingFacts:
    """What the authority knows: the filing number as written; "" when there is none."""

    number: str = ""
    asked: bool = True  # False when it cannot be asked: then the number is the domain's

    @property
    def stem(self) -> str:
        """The subject's number inside a website's: `京ICP备12345678号` of `京ICP备12345678号-1`."""
        return str(FilingNumber.parse(self.number).subject) if self.number else ""

    @property
    def province(self) -> str:
        return FilingNumber.parse(self.number).province if self.number else ""


def _ask_both(answers: dict[str, str]) -> tuple[FilingFacts, FilingFacts]:
    """Asks about the document and about the domain, always both.

    For some types of document the authority cannot be asked. Then the domain alone tells whose filing it is, and the
    filing password, the documents and the authority itself must show that the applicant is that subject.
    """
    with request_budget() as question:
        gateway = authority()
        document = _document(gateway, answers, question.left)
        domain = gateway.status_by_domain(answers["domain"], timeout=question.left)
    by_domain = _filed_of(domain.filed, domain.site_number)
    if document is None:
        return FilingFacts(by_domain.stem, asked=False), by_domain
    return _filed_of(document.filed, document.subject_number), by_domain


def _document(gateway: Authority, answers: dict[str, str], seconds: float) -> FilingStatus | None:
    try:
        return gateway.status_by_certificate(int(answers["id_type"]), answers["id_number"], timeout=seconds)
    except Refused as refusal:
        if refusal.code != CANNOT_ASK:
            raise
        return None


def _filed_of(filed: bool, number: str) -> FilingFacts:
    """Raises `UnreadNumber` for a filing number of an unknown form, which only we can fix."""
    if not filed:
        return FilingFacts()
    found = read_number(number)
    if found is None:
        raise UnreadNumber(number)
    return FilingFacts(str(found))


def facts(owner: User, answers: dict[str, str], by_document: FilingFacts, by_domain: FilingFacts) -> TypeFacts:
    """The facts for `decide`."""
    known = register_snapshot(
        owner=owner,
        subject_key=answers["subject_key"],
        domain=answers["domain"],
        region=answers["region"],
        name=answers["name"],
    )
    return TypeFacts(
        certificate_number=by_document.stem,
        domain_number=by_domain.stem,
        own_name_fits=known.subject is None or is_same_text(known.subject.name, answers["name"]),
        document_asked=by_document.asked,
        number_fits_region=by_document.province in ("", answers["region"][:2]),
        own_order=queries.own_open_order(owner, answers["subject_key"], answers["domain"]) is not None,
        other_order=queries.other_open_order(owner, answers["subject_key"], answers["domain"], answers["region"]),
        **_own_facts(known),
    )


def _own_facts(known: RegisterSnapshot) -> dict[str, bool]:
    return {
        "name_fits": known.name_fits,
        "own_subject": known.own_subject,
        "own_access": known.own_access,
        "own_site_other_document": known.own_site_other_document,
        "other_subject": known.other_subject,
        "old_record": known.old_record,
    }


def is_stale(check: TypeCheck, now: datetime | None = None) -> bool:
    """Whether the answer is too old to begin an order from, or its order has ended."""
    is_over = check.order is not None and check.order.is_ended
    return is_over or (check.order is None and check.created_at + GOOD_FOR <= (now or timezone.now()))


def note_own_order(check: TypeCheck) -> TypeCheck:
    """Decides the check again after the start found an open order of this account."""
    return TypeCheck.objects.create(
        owner=check.owner,
        answers=check.answers,
        outcome=Outcome.OWN_ORDER,
        subject_number=check.subject_number,
        site_number=check.site_number,
    )


def rules(region: str) -> Province:
    """The rules for an order begun now."""
    return province(region[:2])


def rows(answers: dict[str, str], *, in_clear: bool = False) -> list[SummaryRow]:
    """The answers of step 1 as a summary list; the document number in clear only for those who compare it."""
    place = regions.region(answers["region"])
    number = answers["id_number"]
    return [
        {"label": _("Name of the subject"), "value": answers["name"]},
        {"label": _("Nature of the subject"), "value": certificates.NATURES[answers["nature"]].label},
        {"label": _("Type of document"), "value": certificates.CERTIFICATES[int(answers["id_type"])].label},
        {"label": _("Document number"), "value": number if in_clear else mask_number(number)},
        {"label": _("Subject's region"), "value": place.shown_in_full if place else answers["region"]},
        {"label": _("Domain name"), "value": display_domain(answers["domain"])},
    ]
