"""Step 4, website administrator (网站负责人): the same person as the lead, or another one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.certificates import INDIVIDUAL
from filings.provinces.terms import AdminRule
from filings.queries import administrator_of, person_page
from icpportal.entry.fields import ChoiceField
from transfers import queries, stages, states
from transfers.steps.base import Step
from transfers.steps.checked import CheckedForm, person_fields, regular_number

SAME, ANOTHER = "yes", "no"
PERSONAL = tuple(person_fields("admin"))
OPTIONAL = ("admin_id_until",)
DEMANDED = tuple(name for name in PERSONAL if name not in OPTIONAL)


AdministratorFields = type("AdministratorFields", (forms.Form,), person_fields("admin", required=False))


class AdministratorForm(CheckedForm, AdministratorFields):
    """First: is it the same person? Then nothing more is asked."""

    step_key = "administrator"
    asked_with = (*DEMANDED, "admin_told")
    field_order = ("same_person", *PERSONAL, "admin_told")

    same_person = ChoiceField(
        label=_("Who is the website administrator?"),
        choices=[(SAME, _("Same as the subject lead")), (ANOTHER, _("Another person"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who the website administrator is")},
        help_text=_("This person will be photographed and gets the text message"),
    )
    admin_told = forms.BooleanField(
        label=_("This person knows and agrees"), required=False, help_text=_("Ask another person first, then tick")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self._known(), **self.initial}
        if self.order.answer("type").get("nature") == INDIVIDUAL:
            self._is_the_subject()
        elif queries.rules_of(self.order).admin_rule == AdminRule.MUST_DIFFER:
            self._must_be_another()
        self.unlock_refused()

    def _known(self) -> dict[str, Any]:
        """Who looks after the subject's newest website here (继续接入), to be looked at and saved or replaced."""
        order = self.order
        if order.kind != states.TRANSFER_ANOTHER or self.step_key in order.answers:
            return {}
        return person_page(administrator_of(order.owner, order.subject_key), "admin")

    @property
    def may_be_same(self) -> bool:
        """Whether the lead may be chosen here; some provinces ask for two people."""
        return any(key == SAME for key, _label in self.fields["same_person"].choices)

    @property
    def another_fields(self) -> list[forms.BoundField]:
        """What is asked only about another person; the page shows them as one group."""
        return [self[name] for name in (*PERSONAL, "admin_told") if name in self.fields]

    def _is_the_subject(self) -> None:
        self.initial["same_person"] = SAME
        self.fields["same_person"].disabled = True
        self.fields["same_person"].help_text = _("For an individual the administrator is that person")
        for name in (*PERSONAL, "admin_told"):
            del self.fields[name]

    def _must_be_another(self) -> None:
        self.initial["same_person"] = ANOTHER
        self.fields["same_person"].choices = [(ANOTHER, _("Another person"))]
        self.fields["same_person"].help_text = _("Your province asks for two different people")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("same_person") == SAME:
            self._forget_another_person()
        elif cleaned.get("same_person") == ANOTHER:
            self._ask_for_all()
        regular_number(cleaned, "admin_id_number")
        return super().clean()

    def _forget_another_person(self) -> None:
        for name in (*PERSONAL, "admin_told"):
            if name in self.fields:
                self.errors.pop(name, None)
                self.cleaned_data[name] = False if name == "admin_told" else ""

    def _ask_for_all(self) -> None:
        for name in DEMANDED:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, self.fields[name].wanting())


ADMINISTRATOR = Step(
    "administrator",
    _("Website administrator"),
    AdministratorForm,
    stages.ADMINISTRATORS,
    template="transfers/administrator.html",
)
