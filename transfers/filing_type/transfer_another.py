"""Transfer another (继续接入): the subjects on file here, what blocks them, and how the order begins."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.equality import contains_text
from filings.models import Person, Subject
from filings.provinces import province
from filings.queries import subject_page, subjects_of, websites_of
from filings.register import certificates
from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.fields.components import Action
from icpportal.fields.domains import searched_domain
from icpportal.fields.fields import DomainField
from icpportal.fields.form_types import Files, FormOptions, Posted
from icpportal.fields.text import searched_number
from icpportal.privacy.masks import mask_name
from icpportal.wizard.storage import as_form_data, as_json, keep
from transfers.documents import actions as paper_actions
from transfers.documents import reuse
from transfers.filing_type.decision import Outcome
from transfers.models import Order, TypeCheck
from transfers.orders import actions, queries
from transfers.pages import blocking_order
from transfers.pages.unreadable import WORDS, build_safely
from transfers.steps.subject import SubjectForm
from verification import consents


@dataclass(frozen=True)
class SubjectOption:
    """One subject of the account, and the order that must end before another can begin."""

    subject: Subject
    order: Order | None = None
    is_own: bool = True  # False when the subject is another account's and only a website is this one's

    @property
    def name(self) -> str:
        """An organisation's name in full, a person's masked."""
        subject = self.subject
        is_person = subject.nature == certificates.INDIVIDUAL
        return readable(subject, lambda: mask_name(subject.name) if is_person else subject.name)

    @property
    def is_open(self) -> bool:
        return self.order is None

    @property
    def url(self) -> str:
        """The page that asks for the domain alone; for another account's subject, the one that asks for everything."""
        return reverse("another-of", args=[self.subject.pk]) if self.is_own else reverse("verify-type")

    @property
    def reason(self) -> str:
        """Why another order cannot begin now, naming the one that blocks it; "" when it can."""
        if self.order is None:
            return ""
        order = self.order
        return build_safely(order, lambda: blocking_order.words(order)) or str(WORDS % {"ref": order.reference})

    @property
    def ways_out(self) -> list[Action]:
        """The arguments of `partials/action.html`: finish or withdraw the blocking order, as its state allows."""
        order = self.order
        if order is None:
            return []
        return build_safely(order, lambda: blocking_order.alternatives(order)) or [blocking_order.look(order)]


def readable(row: Subject | Person, build: Callable[[], str]) -> str:
    """A sealed value of the register, or a note that it cannot be read, of which operations are told."""
    text = rows.build_safely(f"pages.{row._meta.model_name}", row.pk, build, reference=str(row.pk))
    return gettext("cannot be read") if text is None else text


def subjects_found(owner: User, words: str) -> QuerySet[Subject]:
    """The account's subjects whose number, websites or name contain the words; no words find all.

    A person's name is masked on pages and never searched: the words are in the address of the page.
    """
    every = subjects_of(owner)
    if not words:
        return every
    number, domain = searched_number(words), searched_domain(words)
    of_site = websites_of(owner).filter(Q(site_number__icontains=number) | Q(domain__icontains=domain))
    options = map(SubjectOption, every.exclude(nature=certificates.INDIVIDUAL))
    named = [each.subject.pk for each in options if contains_text(each.name, words)]  # names are sealed
    by_site = Exists(of_site.filter(subject=OuterRef("pk")))
    return every.filter(Q(subject_number__icontains=number) | by_site | Q(pk__in=named))


def subject_options(owner: User, among: Collection[Subject] | None = None) -> list[SubjectOption]:
    """Every subject of the account (or those given) with what blocks it, in two queries at most."""
    found = list(subjects_of(owner) if among is None else among)
    open_orders = queries.in_progress().filter(owner=owner, subject_key__in=[each.subject_key for each in found])
    blocking = {order.subject_key: order for order in open_orders}
    return [SubjectOption(each, blocking.get(each.subject_key), is_own=each.owner_id == owner.pk) for each in found]


class DomainForm(forms.Form):
    """Asks only for the domain of a known subject."""

    domain = DomainField(label=_("Domain name"), help_text=_("Without www, for example example.com"))

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        subject: Subject,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.subject = subject

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if "domain" in cleaned:
            for finding in self._findings():
                if finding.stops:
                    field = "domain" if finding.field == "domain" else None
                    self.add_error(field, ValidationError(finding.message, code=finding.id))

    def _findings(self) -> list[checks.Finding]:
        """The same checks as where everything is typed; the county is the register's, in force or merged since."""
        facts = checks.read(province=province(self.subject.region[:2]), type_answers=self.answers())
        return [finding for finding in checks.run("type", facts) if finding.field != "region"]

    def answers(self) -> dict[str, str]:
        """The answers of step 1 from the register, with the register's row they come from."""
        subject = self.subject
        return {
            "region": subject.region,
            "nature": subject.nature,
            "id_type": str(subject.id_type),
            "id_number": subject.id_number,
            "name": subject.name,
            "domain": self.cleaned_data["domain"],
            "subject_key": subject.subject_key,
            actions.ASKED_ABOUT: str(subject.pk),
        }


class AgainForm(forms.Form):
    """A box for each document to use again, and the consent of its person; nothing is ticked in advance."""

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        offers: Collection[reuse.Offer],
        subject: Subject | None,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.rows: list[tuple[forms.BoundField, reuse.Offer]] = []
        self.person_masked = ""
        self.consent_text = consents.TEXTS[consents.CURRENT].explanation
        for offer in offers:
            is_lead = subject is not None and reuse.is_of_lead(offer, subject)
            if offer.why_not or not (is_lead or offer.earlier.person is None):
                continue
            slot = reuse.LEAD_ID if is_lead else offer.earlier.slot
            which = format_lazy("{} · {}", _("Reuse it?"), offer.earlier.title)
            self.fields[f"again_{slot}"] = forms.BooleanField(label=which, required=False)
            self.rows.append((self[f"again_{slot}"], offer))
            if is_lead and offer.earlier.person is not None:
                self.person_masked = mask_name(offer.earlier.person.name)
                label = consents.TEXTS[consents.CURRENT].label
                self.fields["agree"] = forms.BooleanField(label=label, required=False)

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get(f"again_{reuse.LEAD_ID}") and not cleaned.get("agree"):
            self.add_error(
                "agree", ValidationError(_("Tick the box for this person's consent, or leave the box above empty"))
            )

    @property
    def agree(self) -> forms.BoundField | None:
        """The consent box of the person whose document is offered."""
        return self["agree"] if "agree" in self.fields else None

    @property
    def chosen(self) -> list[str]:
        """The slots whose earlier document was chosen."""
        return [name.removeprefix("again_") for name, value in self.cleaned_data.items() if value and name != "agree"]


def again_form(check: TypeCheck, data: Posted | None = None) -> AgainForm | None:
    """The form for a check that found another website of a known subject; `None` where nothing is offered."""
    if check.outcome != Outcome.TRANSFER_ANOTHER:
        return None
    subject = subjects_of(check.owner).filter(subject_key=check.subject_key).first()
    offers = reuse.for_subject(check.owner, subject) if subject is not None else []
    return AgainForm(data, offers=offers, subject=subject)


def begin(check: TypeCheck, *, again: Collection[str] = (), language: str = "", client: str = "") -> Order:
    """Begins the order of a check with the known answers and chosen documents; returns the first one if repeated.

    Raises `actions.AlreadyOrdered`. What is carried over must pass the checks of its page, or is left to the applicant.
    """
    if check.order is not None:
        return check.order
    if check.outcome != Outcome.TRANSFER_ANOTHER:
        return actions.start(check)
    with transaction.atomic():
        order = actions.start(check)
        if check.order is None:  # not the first press or tab
            _bring_along(order, again, language=language, client=client)
    return order


def _bring_along(order: Order, again: Collection[str], *, language: str, client: str) -> None:
    _keep_subject(order)
    for slot in again:
        offer = reuse.for_slot(order, slot)
        if offer is None or offer.why_not:
            continue
        if offer.earlier.person is not None:
            key = offer.earlier.person.key
            consents.give(holder=order.reference, person_key=key, language=language, client=client)
        paper_actions.use_again(order, offer.earlier, slot=slot, actor=order.owner)


def _keep_subject(order: Order) -> None:
    """Fills the subject's page from the register, if the page would accept those answers today."""
    subject = subjects_of(order.owner).filter(subject_key=order.subject_key).first()
    if subject is None:
        return
    form = SubjectForm(as_form_data(subject_page(subject)), row=order)
    if form.is_valid():
        keep(order, SubjectForm.step_key, as_json(form.cleaned_data))
