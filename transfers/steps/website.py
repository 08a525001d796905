"""Step 4, website (网站信息)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.certificates import INDIVIDUAL
from filings.provinces.terms import HolderRule
from filings.site_codes import APPROVALS, CONTENT, LANGUAGES
from icpportal.entry.domains import display_domain
from icpportal.entry.fields import ChoiceField, MultipleChoiceField, PlainTextField
from transfers import queries, stages
from transfers.steps.base import Step
from transfers.steps.checked import NO, YES_NO, CheckedForm, chinese

HOLDER_SUBJECT, HOLDER_PERSON = "subject", "person"
WEBSITE_KIND = "1"  # the ministry's table of service types: website


class WebsiteForm(CheckedForm):
    """What the site is called, where it opens, what it holds."""

    step_key = "website"
    asked_with = ("approval_types", "approval_number", "domain_holder")

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
        initial=HOLDER_SUBJECT,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("For a person's name we ask for a paper that shows how person and subject belong together"),
    )
    content = MultipleChoiceField(
        label=_("Site content"),
        choices=list(CONTENT.items()),
        help_text=_("Individuals choose “Other”; so may company sites and shops"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of content")},
    )
    service_kind = ChoiceField(label=_("Type of service"), choices=[(WEBSITE_KIND, _("Website"))], initial=WEBSITE_KIND)
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
        help_text=_("Copy them from the approvals, one a line, in the order of the list above"),
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("home_url", f"https://www.{display_domain(self.order.domain)}/")
        if not self._asks_holder():
            del self.fields["domain_holder"]
        self.unlock_refused()

    def _asks_holder(self) -> bool:
        """Only where a province takes an organisation's domain in the name of a person, and then wants a paper."""
        is_individual = self.order.answer("type").get("nature") == INDIVIDUAL
        return not is_individual and queries.rules_of(self.order).domain_holder != HolderRule.NAME_ONLY

    @property
    def approval_fields(self) -> list[forms.BoundField]:
        """What is asked only where prior approval is needed; the page shows them as one group."""
        return [self["approval_types"], self["approval_number"]]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("needs_approval") == NO and not self.locked & {"approval_types", "approval_number"}:
            self.cleaned_data.update(approval_types=[], approval_number="")
            for name in ("approval_types", "approval_number"):
                self.errors.pop(name, None)
        return super().clean()


WEBSITE = Step("website", _("Website details"), WebsiteForm, stages.ADMINISTRATORS, template="transfers/website.html")
