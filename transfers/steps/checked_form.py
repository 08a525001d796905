"""A form checked by the catalogue of checks, and the fields of both people."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.queries import known_to_checks
from filings.register.certificate_numbers import regular
from filings.register.certificates import certificates_of_people
from icpportal.database.row_reads import read_once
from icpportal.fields.fields import (
    ChoiceField,
    EmailField,
    LastDayField,
    MobileField,
    NumberField,
    PersonNameField,
    PhoneField,
)
from icpportal.fields.types import Json, Words
from icpportal.wizard.storage import as_json
from transfers.models import Order
from transfers.orders import queries
from transfers.proofs.papers import papers_in_slot
from transfers.steps.base import StepForm

YES, NO = "yes", "no"
YES_NO = [(YES, _("Yes")), (NO, _("No"))]


BY_NUMBER = _("Resident ID card, or choose another…")
# 18 characters that begin with a province's code; permits for Hong Kong, Macao, Taiwan and foreigners do not
ID_CARD, ID_CARD_NUMBER = "2", re.compile(r"[1-7][0-9]{16}[0-9X]")


def chinese(**attrs: str) -> forms.TextInput:
    """Marks an input as Chinese."""
    return forms.TextInput(attrs={"lang": "zh-Hans", "autocomplete": "off", **attrs})


FIXED = _(
    "%(label)s: %(message)s. This comes from the filing type. To change it, abandon this order "
    "and verify the filing type again"
)
LOCKED = _(
    "What you just entered conflicts with %(label)s, which cannot be changed here: %(message)s. Correct your new entry"
)


SIGNS_AGAIN = _(
    "{hint}. You have uploaded the signed statement: after a change here it must be signed and uploaded again"
)
NOT_TEXTED = _("A mobile number that this person uses")
TEXTED = _("The ministry's text message goes only to the number on the filing")
ANOTHER_IS_TEXTED = _("A mobile number that this person uses. The ministry texts only the website administrator")


def about_mobile(order: Order, role: str) -> str:
    """The hint about this person's mobile: whether the ministry texts it under the order's rules."""
    rules = queries.rules_of(order)
    if rules.texts(order.answer("type").get("nature", ""), role):
        return str(TEXTED)
    return str(NOT_TEXTED if rules.phones is None else ANOTHER_IS_TEXTED)


def _call_with(say: Callable[[Words], str], hint: Words) -> str:
    return say(hint)


_said_later = lazy(_call_with, str)  # made once: each call of `lazy` creates a class


class CheckedForm(StepForm):
    """Runs the checks of its page together with those of its fields, so that all errors show at once.

    Their advice stops no page: the check page shows it, for all pages together.
    """

    def settle(self) -> None:
        """Call it on the final fields: unlocks what would be refused, and says what a change invalidates."""
        self.unlock_refused()
        self._warn_of_the_statement()

    def on_the_statement(self) -> tuple[str, ...]:
        """The fields of this page that the signed statement repeats: changing one outdates it."""
        return ()

    def _warn_of_the_statement(self) -> None:
        for name in self.on_the_statement():
            if name not in self.locked:
                self.fields[name].help_text = _said_later(self._hint, self.fields[name].help_text)

    @cached_property
    def _is_signed(self) -> bool:
        return bool(papers_in_slot(self.order, "statement"))

    def _hint(self, hint: Words) -> str:
        """Evaluated only when the page is drawn, so that reading answers costs no query."""
        return str(SIGNS_AGAIN).format(hint=hint) if self._is_signed else str(hint)

    def unlock_refused(self) -> None:
        if not self.locked:
            return
        super().unlock_refused()
        for finding in checks.run(self.step_key, facts_of(self.order)):
            if finding.stops and finding.field in self.locked & set(self.fields):
                self.unlock(finding.field)

    def clean(self) -> None:
        super().clean()
        for finding in checks.run(self.step_key, self._facts(), missing=frozenset(self.errors)):
            if finding.stops:
                self._say(finding)

    def _say(self, finding: checks.Finding) -> None:
        field = self.fields.get(finding.field)
        if field is None or field.disabled:
            self.add_error(None, self._about_a_closed_field(finding, field))
        elif finding.field not in self.errors:
            self.add_error(finding.field, ValidationError(finding.message, code=finding.id))

    def _about_a_closed_field(self, finding: checks.Finding, field: forms.Field | None) -> ValidationError:
        if field is None:
            return ValidationError(finding.message, code=finding.id)
        words = LOCKED if finding.field in self.locked else FIXED
        return ValidationError(words, code=finding.id, params={"label": field.label, "message": finding.message})

    def _facts(self) -> checks.Facts:
        """The order's answers with this page's as just typed; refused ones count as missing."""
        stored = {name: value for name, value in self.order.answer(self.step_key).items() if name not in self.errors}
        return facts_of(self.order, **{self.step_key: {**stored, **as_json(self.cleaned_data)}})


MOBILES = (("subject", "lead_phone1"), ("administrator", "admin_phone1"))


def facts_of(order: Order, **typed: Mapping[str, Json]) -> checks.Facts:
    """The facts of an order for the checks; `typed` replaces a step that is not saved yet."""

    def answers(step: str) -> Mapping[str, Json]:
        return typed.get(step, order.answer(step))

    mobiles = tuple(str(answers(step).get(name) or "") for step, name in MOBILES)
    known = read_once(
        order,
        ("what checks ask", mobiles),
        lambda: known_to_checks(subject_key=order.subject_key, domain=order.domain, owner=order.owner, mobiles=mobiles),
    )
    return checks.read(
        province=queries.rules_of(order),
        type_answers=answers("type"),
        subject_answers=answers("subject"),
        website_answers=answers("website"),
        administrator_answers=answers("administrator"),
        **known,
    )


class AnsweredSelect(forms.Select):
    """A list whose first choice is an answer, although its value is empty."""

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002, ANN401
        return False


def half_wide(prefix: str) -> dict[str, str]:
    """Puts the fields of a person two in a row."""
    return dict.fromkeys(person_fields(prefix), "f-half")


def person_fields(prefix: str, *, required: bool = True) -> dict[str, forms.Field]:
    """The fields of a person in charge, named `lead_…` or `admin_…`."""
    documents = [("", BY_NUMBER), *((each.key, each.label) for each in certificates_of_people())]
    fields = {
        "name": PersonNameField(
            label=_("Name"), max_length=64, help_text=_("As on the document"), widget=chinese(), required=required
        ),
        "id_type": ChoiceField(label=_("Type of document"), choices=documents, required=False, widget=AnsweredSelect),
        "id_number": NumberField(
            label=_("Document number"),
            help_text=_("Must be valid for more than 3 months"),
            widget=forms.TextInput(attrs={"class": "input-20", "autocomplete": "off", "spellcheck": "false"}),
            required=required,
        ),
        "id_until": LastDayField(
            label=_("Valid until"),
            help_text=_("See the back of the document. Leave empty if it does not expire"),
            required=False,
            widget=forms.DateInput(
                attrs={
                    "class": "input-12",
                    "inputmode": "numeric",
                    "placeholder": _("YYYY-MM-DD"),
                    "autocomplete": "off",
                },
                format="%Y-%m-%d",
            ),
            error_messages={"invalid": _("Enter the date as year-month-day, such as 2035-02-14")},
        ).called(_("last day it is valid")),
        "phone1": MobileField(label=_("Contact 1 (mobile)"), help_text=NOT_TEXTED, required=required).called(
            _("number of contact 1")
        ),
        "phone2": PhoneField(
            label=_("Contact 2 (mobile or landline)"),
            help_text=_("Landline as 086-area-number, such as 086-0951-5550100"),
            required=required,
        ).called(_("number of contact 2")),
        "emergency": MobileField(
            label=_("Emergency phone"),
            help_text=_(
                "Another number than contact 1, someone else's if you can. We use it when we cannot reach this person"
            ),
            required=required,
        ),
        "email": EmailField(label=_("Email address"), help_text=_("Results and notices go here"), required=required),
    }
    return {f"{prefix}_{name}": field for name, field in fields.items()}


def regular_number(form: forms.Form, prefix: str) -> None:
    """A document's number in its stored form; a resident ID card is recognised by its number."""
    cleaned, number, kind = form.cleaned_data, f"{prefix}_id_number", f"{prefix}_id_type"
    if not cleaned.get(number):
        return
    cleaned[number] = regular(cleaned[number])
    if cleaned.get(kind) or kind in form.errors:
        return
    if ID_CARD_NUMBER.fullmatch(cleaned[number]):
        cleaned[kind] = ID_CARD
    else:
        form.add_error(
            kind, ValidationError(_("Not the number of a resident ID card: choose the document"), code="choose")
        )
