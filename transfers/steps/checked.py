"""A form whose page is judged by the catalogue of checks, and the fields that two people share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.certificate_numbers import regular
from filings.certificates import certificates_of_people
from filings.queries import known_to_checks
from icpportal.entry.fields import ChoiceField, EmailField, MobileField, NumberField, PhoneField, PlainTextField
from icpportal.wizard.storage import as_json
from transfers import queries
from transfers.steps.base import StepForm

YES, NO = "yes", "no"
YES_NO = [(YES, _("Yes")), (NO, _("No"))]


def chinese(**attrs: str) -> forms.TextInput:
    """An input that holds Chinese."""
    return forms.TextInput(attrs={"lang": "zh-Hans", "autocomplete": "off", **attrs})


FIXED = _("%(label)s: %(message)s. It comes from the filing type: to change it, abandon the order and verify anew")
LOCKED = _("%(label)s, which is not open, no longer fits: %(message)s. Change what you have just entered")


class CheckedForm(StepForm):
    """Runs every check of its page when its own fields are in order; advice is kept in `warnings`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[checks.Finding] = []

    def unlock_refused(self) -> None:
        if not self.locked:
            return
        super().unlock_refused()
        for finding in checks.run(self.step_key, facts_of(self.order)):
            if finding.stops and finding.field in self.locked & set(self.fields):
                self.unlock(finding.field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.warnings = []
        if self.errors:  # a check that reads a missing answer would say something false
            return cleaned
        for finding in checks.run(self.step_key, self.facts(cleaned)):
            self._say(finding)
        return cleaned

    def _say(self, finding: checks.Finding) -> None:
        if not finding.stops:
            self.warnings.append(finding)
            return
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

    def facts(self, cleaned: dict[str, Any]) -> checks.Facts:
        """The order's answers with this page's as they were just typed."""
        return facts_of(self.order, **{self.step_key: {**self.order.answer(self.step_key), **as_json(cleaned)}})


def facts_of(order: Any, **typed: dict[str, Any]) -> checks.Facts:
    """What the checks read of an order; `typed` stands for a step that is not saved yet."""

    def answers(step: str) -> dict[str, Any]:
        return typed.get(step, order.answer(step))

    return checks.read(
        province=queries.rules_of(order),
        type_answers=answers("type"),
        subject_answers=answers("subject"),
        website_answers=answers("website"),
        administrator_answers=answers("administrator"),
        **known_to_checks(subject_key=order.subject_key, domain=order.domain, owner=order.owner),
    )


def person_fields(prefix: str, *, required: bool = True) -> dict[str, forms.Field]:
    """The fields of a person in charge, named `lead_…` or `admin_…`."""
    documents = [("", _("Choose…")), *((each.key, each.label) for each in certificates_of_people())]
    fields = {
        "name": PlainTextField(
            label=_("Name"), max_length=64, help_text=_("As on the document"), widget=chinese(), required=required
        ),
        "id_type": ChoiceField(label=_("Type of document"), choices=documents, initial="2", required=required),
        "id_number": NumberField(
            label=_("Document number"),
            help_text=_("Must be valid for 3 more months"),
            widget=forms.TextInput(attrs={"class": "input-20", "autocomplete": "off", "spellcheck": "false"}),
            required=required,
        ),
        "id_until": forms.DateField(
            label=_("Valid until"),
            help_text=_("See the back of the document. Leave empty if it has no end"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date", "class": "input-12"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Enter the date as year-month-day, such as 2035-02-14")},
        ),
        "phone1": MobileField(
            label=_("Contact 1 (mobile)"),
            help_text=_("The ministry's text message goes only to the number on the filing"),
            required=required,
        ),
        "phone2": PhoneField(
            label=_("Contact 2 (mobile or landline)"),
            help_text=_("Landline as 086-area-number, such as 086-0951-5550100"),
            required=required,
        ),
        "emergency": MobileField(
            label=_("Emergency phone"),
            help_text=_("Used when this person cannot be reached; best someone else's"),
            required=required,
        ),
        "email": EmailField(label=_("E-mail address"), help_text=_("Results and notices go here"), required=required),
    }
    return {f"{prefix}_{name}": field for name, field in fields.items()}


def regular_number(cleaned: dict[str, Any], field: str) -> None:
    """A document's number as it is kept: capitals, no spaces."""
    if cleaned.get(field):
        cleaned[field] = regular(cleaned[field])
