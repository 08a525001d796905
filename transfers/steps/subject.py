"""Step 4, subject and subject lead (主体信息, 主体负责人)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings import regions
from filings.certificates import INDIVIDUAL
from filings.queries import subject_page, subjects_of
from icpportal.entry.fields import ChoiceField, PlainTextField
from transfers import stages, states
from transfers.steps.base import Step
from transfers.steps.checked import YES_NO, CheckedForm, chinese, person_fields, regular_number

FROM_TYPE = {"lead_name": "name", "lead_id_type": "id_type", "lead_id_number": "id_number", "investor": "name"}


LeadFields = type("LeadFields", (forms.Form,), person_fields("lead"))


class SubjectForm(CheckedForm, LeadFields):
    """The subject's addresses and the person in charge; an individual is that person."""

    step_key = "subject"
    field_order = (
        *("id_address", "post_region", "post_address", "no_door_number", "investor", "is_legal_rep"),
        *person_fields("lead"),
        "remark",
    )

    id_address = PlainTextField(
        label=_("Address on the document"), max_length=200, help_text=_("Copy it from the document"), widget=chinese()
    )
    post_region = ChoiceField(
        label=_("Mailing address: county or district"),
        help_text=_("In the same province as the subject"),
        widget=forms.Select(attrs={"lang": "zh-Hans"}),
    )
    post_address = PlainTextField(
        label=_("Mailing address"), max_length=200, help_text=_("To the door number"), widget=chinese()
    )
    no_door_number = forms.BooleanField(
        label=_("This is the fullest address there is"), required=False, help_text=_("Tick if there is no door number")
    )
    investor = PlainTextField(
        label=_("Investor or superior body"),
        max_length=100,
        help_text=_("Legal representative, or the unit's full name"),
        widget=chinese(),
    )
    is_legal_rep = ChoiceField(
        label=_("Is the subject lead the legal representative?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the subject lead is the legal representative")},
    )
    remark = PlainTextField(
        label=_("Remarks"),
        max_length=300,
        lines=True,
        required=False,
        help_text=_("Explain here: a number from another province, a lead who is not the legal representative"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans", "data-counter": "300"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post_region"].choices = _counties(self.order.province)
        self.initial = {"post_region": self.order.answer("type").get("region"), **self._known(), **self.initial}
        if self.is_individual:
            self._lock_to_the_subject()
        self.unlock_refused()

    def _known(self) -> dict[str, Any]:
        """What the register holds of a subject that is on file here (继续接入), until this page is saved."""
        order = self.order
        if order.kind != states.TRANSFER_ANOTHER or self.step_key in order.answers:
            return {}
        subject = subjects_of(order.owner).filter(subject_key=order.subject_key).first()
        known = subject_page(subject) if subject else {}
        return {name: value for name, value in known.items() if name in self.fields}

    @property
    def is_individual(self) -> bool:
        return self.order.answer("type").get("nature") == INDIVIDUAL

    def _lock_to_the_subject(self) -> None:
        for field, answer in FROM_TYPE.items():
            self.fields[field].disabled = True
            self.initial[field] = self.order.answer("type").get(answer)
        for field in ("is_legal_rep", "lead_phone2"):
            del self.fields[field]

    def clean(self) -> dict[str, Any]:
        regular_number(self.cleaned_data, "lead_id_number")
        return super().clean()


def _counties(province: str) -> list[tuple[str, Any]]:
    """Every county of the province, grouped by city: a page without script needs one choice, not two."""
    groups = [
        (city.name, [(county.code, county.name) for county in regions.counties(city.code)])
        for city in regions.cities(province)
    ]
    return [("", _("Choose…")), *groups]


SUBJECT = Step(
    "subject", _("Subject and subject lead"), SubjectForm, stages.ADMINISTRATORS, template="transfers/subject.html"
)
