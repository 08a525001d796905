"""Step 4, website administrator (网站负责人): the lead, or another person."""

from collections.abc import Collection, Mapping
from typing import Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.provinces.choices import ADMINISTRATOR as ADMINISTRATOR_ROLE
from filings.provinces.choices import AdminRule
from icpportal.fields.fields import ChoiceField, Labelled
from icpportal.fields.form_types import Files, KnownValue, Posted, flat_choices, offer
from transfers.orders import queries
from transfers.orders.people import is_individual
from transfers.pages import stages
from transfers.steps import editable_parts, known
from transfers.steps.base import Step, StepOptions
from transfers.steps.checked_form import CheckedForm, about_mobile, half_wide, person_fields, regular_number

SAME, ANOTHER = "yes", "no"
PERSONAL = tuple(person_fields("admin"))
OPTIONAL = ("admin_id_until", "admin_id_type")
PHOTOGRAPHED_AND_TEXTED = _("This person will be photographed and will receive the text message")
DEMANDED = tuple(name for name in PERSONAL if name not in OPTIONAL)


class AdministratorFields(forms.Form):
    """The fields about a person other than the lead."""


AdministratorFields.declared_fields.update(person_fields("admin", required=False))


class AdministratorForm(CheckedForm, AdministratorFields):
    """Asks first whether it is the lead; then nothing more is asked."""

    step_key = "administrator"
    widths = half_wide("admin")
    asked_with = (*DEMANDED, "admin_id_type", "admin_told")
    field_order = ("same_person", *PERSONAL, "admin_told")

    same_person = ChoiceField(
        label=_("Who is the website administrator?"),
        choices=[(SAME, _("Same as the subject lead")), (ANOTHER, _("Another person"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who the website administrator is")},
        help_text=_("This person will be photographed"),
    )
    admin_told = forms.BooleanField(
        label=_("This person has been told and agrees"),
        required=False,
        help_text=_("Ask this person first, then tick the box"),
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[StepOptions]) -> None:
        super().__init__(data, files, **options)
        if queries.rules_of(self.order).texts(self.order.answer("type").get("nature", ""), ADMINISTRATOR_ROLE):
            self.fields["same_person"].help_text = PHOTOGRAPHED_AND_TEXTED
        self.fields["admin_phone1"].help_text = about_mobile(self.order, ADMINISTRATOR_ROLE)
        if is_individual(self.order):
            self._is_the_subject()
        elif queries.rules_of(self.order).admin_rule == AdminRule.MUST_DIFFER:
            self._must_be_another()
        self.settle()

    def on_the_statement(self) -> tuple[str, ...]:
        """Empty for an individual, who signs as the administrator: this page does not change them."""
        return () if is_individual(self.order) else ("same_person", "admin_name")

    def known_values(self) -> Mapping[str, KnownValue]:
        return known.of_administrator(self.order)

    def unasked_fields(self) -> Collection[str]:
        """All fields about another person where it is the lead; until submitted, whether another one agrees.

        That person answers on their own phone before the order can be submitted.
        """
        if self.order.answer(self.step_key).get("same_person") == SAME:
            return (*PERSONAL, "admin_told")
        return ("admin_told",) if self.order.submitted_at is None else ()

    @property
    def may_be_same(self) -> bool:
        """Whether the lead may be chosen here; some provinces require two people."""
        return any(key == SAME for key, _label in flat_choices(self.fields["same_person"]))

    @property
    def another_fields(self) -> list[forms.BoundField]:
        """The fields about another person; the page shows them as one group."""
        consent = ("admin_told",) if self.asks_told else ()
        return [self[name] for name in (*PERSONAL, *consent) if name in self.fields]

    @property
    def asks_told(self) -> bool:
        """True only in a returned order; before submitting, the person is asked on their own phone instead."""
        return self.parts is not editable_parts.ALL

    def _is_the_subject(self) -> None:
        self.initial["same_person"] = SAME
        self.fields["same_person"].disabled = True
        self.fields["same_person"].help_text = _("For an individual, the website administrator is that person")
        for name in (*PERSONAL, "admin_told"):
            del self.fields[name]

    def _must_be_another(self) -> None:
        self.initial["same_person"] = ANOTHER
        offer(self, "same_person", [(ANOTHER, _("Another person"))])
        self.fields["same_person"].help_text = _("Your province asks for two different people")

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("same_person") == SAME:
            self._forget_another_person()
        elif cleaned.get("same_person") == ANOTHER:
            self._ask_for_all()
        if cleaned.get("same_person") == ANOTHER:
            cleaned["admin_told"] = bool(cleaned.get("admin_told")) or not self.asks_told
            regular_number(self, "admin")
        super().clean()

    def _forget_another_person(self) -> None:
        for name in (*PERSONAL, "admin_told"):
            if name in self.fields:
                self.errors.pop(name, None)
                self.cleaned_data[name] = False if name == "admin_told" else ""

    def _ask_for_all(self) -> None:
        for name in DEMANDED:
            field = self.fields[name]
            if isinstance(field, Labelled) and name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, field.wanting())


ADMINISTRATOR = Step(
    "administrator",
    _("Website administrator"),
    AdministratorForm,
    stages.ADMINISTRATORS,
    has_one_answer=is_individual,
    template="transfers/steps/administrator.html",
)
