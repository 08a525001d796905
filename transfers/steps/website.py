"""Step 4, website (网站信息)."""

import re
from collections.abc import Mapping
from typing import ClassVar, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.provinces.choices import HolderRule
from filings.site_codes import APPROVALS, BLOG, CONTENT, LANGUAGES, OTHER
from icpportal.fields.fields import ChoiceField, MultipleChoiceField, PlainTextField
from icpportal.fields.form_types import Files, KnownValue, Posted
from transfers.orders import queries
from transfers.orders.people import is_individual
from transfers.pages import stages
from transfers.steps import known
from transfers.steps.base import AskedWith, FoldedChoices, Step, StepOptions, folded_choices
from transfers.steps.checked_form import NO, YES_NO, CheckedForm, chinese

HOLDER_SUBJECT, HOLDER_PERSON = "subject", "person"
WEBSITE_KIND = "1"  # "website" in the ministry's table of service types
WITHOUT_SCHEME = re.compile(r"[^\s/:@?#]+\.[^\s/:@?#]+(?::[0-9]+)?(?:[/?#]\S*)?")
USUAL_CONTENT = {True: (OTHER, BLOG), False: ("8", "3", "9", OTHER)}
USUAL_LANGUAGES = ("1", "12")


class WebsiteForm(CheckedForm):
    """The site's name, home page and content."""

    step_key = "website"
    widths: ClassVar[Mapping[str, str]] = {"site_name": "f-half", "home_url": "f-half"}
    asked_with = ("approval_types", "approval_number", "domain_holder", "service_kind")
    group = AskedWith(_("Prior approval"), "needs_approval=yes", ("approval_types", "approval_number"))

    site_name = PlainTextField(
        label=_("Website name"),
        max_length=60,
        help_text=_("At least 3 Chinese characters, related to the subject; no symbols, not the domain"),
        widget=chinese(),
    )
    home_url = PlainTextField(
        label=_("Home page address"),
        max_length=255,
        help_text=_("Opens the home page, such as https://www.example.com/"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "url"}),
    )
    domain_holder = ChoiceField(
        label=_("Whose name is the domain registered in?"),
        choices=[(HOLDER_SUBJECT, _("The subject's")), (HOLDER_PERSON, _("A person's, as this province allows"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "If the domain belongs to a person, we ask for a document that shows how the person and the "
            "subject are related"
        ),
    ).called(_("domain holder"))
    content = MultipleChoiceField(
        label=_("Site content"),
        choices=list(CONTENT.items()),
        help_text=_("Individuals choose “Other”; so may company sites and shops"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of content")},
    )
    service_kind = ChoiceField(label=_("Type of service"), choices=[(WEBSITE_KIND, _("Website"))], required=False)
    languages = MultipleChoiceField(
        label=_("Languages of the site"),
        choices=list(LANGUAGES.items()),
        initial=["1"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that apply"),
    )
    needs_approval = ChoiceField(
        label=_("Does it need prior approval?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it needs prior approval")},
        help_text=_("News, publishing, drugs, culture, audio-visual, education and others"),
    )
    approval_types = MultipleChoiceField(
        label=_("Content that needs approval"),
        choices=list(APPROVALS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    approval_number = PlainTextField(
        label=_("Approval numbers"),
        max_length=300,
        required=False,
        help_text=_("Copy them from the approvals, one per line, in the same order as the list above"),
        lines=True,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "zh-Hans"}),
    )
    site_remark = PlainTextField(
        label=_("Remarks on the website"),
        max_length=300,
        lines=True,
        required=False,
        help_text=_("For what your province asks to be explained"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans", "data-counter": "300"}),
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[StepOptions]) -> None:
        super().__init__(data, files, **options)
        if not self._asks_holder():
            del self.fields["domain_holder"]
        self.settle()

    def on_the_statement(self) -> tuple[str, ...]:
        return ("site_name",)

    def _asks_holder(self) -> bool:
        """Only where a province accepts an organisation's domain in a person's name, and then needs a document."""
        return not is_individual(self.order) and queries.rules_of(self.order).domain_holder != HolderRule.NAME_ONLY

    def known_values(self) -> Mapping[str, KnownValue]:
        return known.of_website(self.order)

    @property
    def content_choices(self) -> FoldedChoices:
        """The usual contents for this nature of subject, the others folded."""
        return folded_choices(self["content"], USUAL_CONTENT[is_individual(self.order)])

    @property
    def language_choices(self) -> FoldedChoices:
        """The usual languages, the others folded."""
        return folded_choices(self["languages"], USUAL_LANGUAGES)

    @property
    def holder_is_told(self) -> bool:
        """Whether a person was named as the domain's holder."""
        return self["domain_holder"].value() == HOLDER_PERSON or bool(self["domain_holder"].errors)

    @property
    def remark_is_open(self) -> bool:
        """Whether the remarks are shown at once."""
        return self.opens_fold("site_remark")

    @property
    def approval_fields(self) -> list[forms.BoundField]:
        """The fields that apply only with prior approval; the page shows them as one group."""
        return [self["approval_types"], self["approval_number"]]

    def clean_home_url(self) -> str:
        """Completes an address typed without its scheme."""
        url = str(self.cleaned_data["home_url"])
        return f"https://{url}" if WITHOUT_SCHEME.fullmatch(url) else url

    def clean(self) -> None:
        self.cleaned_data["service_kind"] = WEBSITE_KIND
        if "domain_holder" in self.fields and not self.cleaned_data.get("domain_holder"):
            self.cleaned_data["domain_holder"] = HOLDER_SUBJECT
        if self.cleaned_data.get("needs_approval") == NO and not self.locked & {"approval_types", "approval_number"}:
            self.cleaned_data.update(approval_types=[], approval_number="")
            for name in ("approval_types", "approval_number"):
                self.errors.pop(name, None)
        super().clean()


WEBSITE = Step(
    "website", _("Website details"), WebsiteForm, stages.ADMINISTRATORS, template="transfers/steps/website.html"
)
