"""Step 4, subject and subject lead (主体信息, 主体负责人)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Unpack

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.provinces.choices import SUBJECT_LEAD
from filings.register import regions
from filings.register.certificates import Shape, certificate
from icpportal.fields.fields import ChoiceField, Labelled, PlainTextField
from icpportal.fields.form_types import Choices, Files, KnownValue, Posted, offer
from icpportal.fields.text import regular_name
from transfers.orders.people import is_individual
from transfers.pages import stages
from transfers.steps import editable_parts, known
from transfers.steps.base import AskedWith, Step, StepOptions
from transfers.steps.checked_form import (
    YES,
    YES_NO,
    CheckedForm,
    about_mobile,
    chinese,
    facts_of,
    half_wide,
    person_fields,
    regular_number,
)

# documents of people that show no address
WITHOUT_ADDRESS = (Shape.PASSPORT, Shape.PERMANENT_RESIDENT, Shape.PERMIT_HK_MACAO, Shape.PERMIT_TAIWAN)
NO_ADDRESS = _("This document shows no address: enter where you live in mainland China")
FROM_TYPE = {"lead_name": "name", "lead_id_type": "id_type", "lead_id_number": "id_number", "investor": "name"}


class LeadFields(forms.Form):
    """The fields about the lead."""


LeadFields.declared_fields.update(person_fields("lead"))


class SubjectForm(CheckedForm, LeadFields):
    """The subject's addresses and its lead; an individual is their own lead."""

    step_key = "subject"
    widths = half_wide("lead") | {"post_region": "f-third", "post_address": "f-two"}
    field_order = (
        *("id_address", "post_same", "post_region", "post_address", "no_door_number", "investor", "is_legal_rep"),
        *person_fields("lead"),
        "remark",
    )
    asked_with = ("post_region", "post_address", "investor", "lead_id_type")
    group = AskedWith(_("Mailing address"), "post_same=", ("post_region", "post_address"))

    id_address = PlainTextField(
        label=_("Address on the document"), max_length=200, help_text=_("Copy it from the document"), widget=chinese()
    )
    post_same = forms.BooleanField(label=_("Letters reach you at the same address"), required=False)
    post_region = ChoiceField(
        label=_("County or district of the mailing address"),
        help_text=_("In the same province as the subject"),
        widget=forms.Select(attrs={"lang": "zh-Hans"}),
    ).called(_("county or district"))
    post_address = PlainTextField(
        label=_("Mailing address"), max_length=200, help_text=_("To the door number"), widget=chinese()
    )
    no_door_number = forms.BooleanField(
        label=_("This is the full address, without a door number"),
        required=False,
        help_text=_("Tick if there is no door number"),
    )
    investor = PlainTextField(
        label=_("Investor or superior body"),
        max_length=100,
        help_text=_("Leave empty for the legal representative. Otherwise the full name of the organisation"),
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
        help_text=_(
            "Explain here, for example, a mobile number from another province or a subject lead who is "
            "not the legal representative"
        ),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans", "data-counter": "300"}),
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[StepOptions]) -> None:
        super().__init__(data, files, **options)
        offer(self, "post_region", _counties(self.order.province))
        self.fields["lead_phone1"].help_text = about_mobile(self.order, SUBJECT_LEAD)
        if self.is_individual:
            self._lock_to_the_subject()
        self._let_investor_follow()
        address = self.initial.get("post_address")
        self.initial["post_same"] = bool(address) and address == self.initial.get("id_address")
        if not self._may_be_one_address():
            del self.fields["post_same"]
        self.settle()

    def known_values(self) -> Mapping[str, KnownValue]:
        return known.of_subject(self.order)

    def on_the_statement(self) -> tuple[str, ...]:
        """The lead's name, if the lead is also the administrator; an individual's cannot be changed here."""
        is_administrator = self.order.answer("administrator").get("same_person") == YES
        return ("lead_name",) if is_administrator and not self.is_individual else ()

    @property
    def is_individual(self) -> bool:
        return is_individual(self.order)

    def _may_be_one_address(self) -> bool:
        """Whether the box about it is shown; ticked, it would hide what a return named about the mailing address."""
        is_named = not {"subject.post_region", "subject.post_address"}.isdisjoint(self.verdicts)
        return editable_parts.is_open(self.parts, "subject.post_same") and not is_named

    def _lock_to_the_subject(self) -> None:
        for field, answer in FROM_TYPE.items():
            self.fields[field].disabled = True
            self.initial[field] = self.order.answer("type").get(answer)
        for field in ("is_legal_rep", "lead_phone2"):
            del self.fields[field]
        document = certificate(self.order.answer("type").get("id_type", ""))
        if document is not None and document.shape in WITHOUT_ADDRESS:
            self.fields["id_address"].help_text = NO_ADDRESS

    def _let_investor_follow(self) -> None:
        """Replaces an investor who is the lead when the lead changes."""
        name, lead = self.initial.get("investor"), self.initial.get("lead_name")
        self.investor_follows = not self.is_individual and bool(name) and name == lead
        if self.investor_follows and not self.fields["investor"].disabled:
            self.initial["investor"] = ""

    # --- the groups of the page ---

    @property
    def address_group(self) -> list[forms.BoundField]:
        """The mailing address, where it differs from the document's."""
        return [self[name] for name in ("post_region", "post_address", "no_door_number")]

    @property
    def lead_group(self) -> list[forms.BoundField]:
        """Who the lead is; for an individual, what the filing type has not asked already."""
        asked = ("is_legal_rep", "lead_name", "lead_id_type", "lead_id_number", "lead_id_until")
        from_type = {name for name in FROM_TYPE if self.is_individual and name not in self.errors}
        return [self[name] for name in asked if name in self.fields and name not in from_type]

    @property
    def reach_group(self) -> list[forms.BoundField]:
        """How to reach the lead."""
        asked = ("lead_phone1", "lead_phone2", "lead_emergency", "lead_email")
        return [self[name] for name in asked if name in self.fields]

    @property
    def remark_is_open(self) -> bool:
        """Whether the remarks are shown at once, as where advice about a person asks for a reason in them."""
        return self.opens_fold("remark") or any("remark" in each.needs for each in self._advice())

    def _advice(self) -> list[checks.Finding]:
        """The advice of the check page about both people, which links here."""
        if not self.order.answer("subject"):
            return []
        facts = facts_of(self.order)
        return [each for step in ("subject", "administrator") for each in checks.run(step, facts)]

    # --- values derived from what was typed ---

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("post_same"):
            self._take_address()
        else:
            self._ask_for("post_region", "post_address")
        self._take_investor()
        regular_number(self, "lead")
        super().clean()
        cleaned.pop("post_same", None)  # not stored: it can be derived from what is

    def _take_address(self) -> None:
        """Copies the document's address to the mailing address, in the subject's own county."""
        for name in ("post_region", "post_address"):
            self.errors.pop(name, None)
        self.cleaned_data["post_region"] = self.order.answer("type").get("region")
        self.cleaned_data["post_address"] = self.cleaned_data.get("id_address", "")

    def _take_investor(self) -> None:
        """Makes a lead who is the legal representative the investor too, unless another one is named."""
        cleaned = self.cleaned_data
        if self.investor_follows and self.fields["investor"].disabled:
            cleaned["investor"] = cleaned.get("lead_name", "")
        if regular_name(cleaned.get("investor", "")) == cleaned.get("lead_name"):
            cleaned["investor"] = cleaned.get("lead_name", "")
        if cleaned.get("investor") or "investor" in self.errors:
            return
        if cleaned.get("is_legal_rep") == YES:
            cleaned["investor"] = cleaned.get("lead_name", "")
        elif "is_legal_rep" in cleaned:
            self._ask_for("investor")

    def _ask_for(self, *names: str) -> None:
        for name in names:
            field = self.fields[name]
            if isinstance(field, Labelled) and name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, field.wanting())

    def _say(self, finding: checks.Finding) -> None:
        """Shows errors of a copied address where it was typed."""
        is_copied = finding.field in ("post_region", "post_address") and bool(self.cleaned_data.get("post_same"))
        super()._say(replace(finding, field="id_address") if is_copied else finding)

    @property
    def asks_door(self) -> bool:
        """Whether a copied address lacks a door number: then the box that confirms it is shown."""
        is_same = "post_same" in self.fields and self["post_same"].value()
        return bool(is_same) and (bool(self["no_door_number"].value()) or self.has_error("id_address", "address_door"))


def _counties(province: str) -> Choices:
    """Every county of the province, grouped by city: without script, one choice instead of two."""
    return _counties_in(province, get_language())


@cache
def _counties_in(province: str, _language: str | None) -> Choices:
    """The same in one language, in which they are named."""
    groups = [(city.shown, regions.as_choices(regions.counties(city.code))) for city in regions.cities(province)]
    return [("", _("Choose…")), *groups]


SUBJECT = Step(
    "subject",
    _("Subject and subject lead"),
    SubjectForm,
    stages.ADMINISTRATORS,
    template="transfers/steps/subject.html",
)
