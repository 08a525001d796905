"""Step 4, website (网站信息)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.site_codes import APPROVALS, CONTENT, LANGUAGES
from icpportal.entry.fields import ChoiceField, MultipleChoiceField, PlainTextField
from transfers import stages
from transfers.steps.base import Step
from transfers.steps.checked import YES_NO, CheckedForm, chinese

WEBSITE_KIND = "1"  # the ministry's table of service types: website


class WebsiteForm(CheckedForm):
    """What the site is called, where it opens, what it holds."""

    step_key = "website"

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
        self.initial.setdefault("home_url", f"https://www.{self.order.domain}/")

    def facts(self, cleaned: dict[str, Any]) -> Any:
        return super().facts({**cleaned, "approval_numbers": _by_type(cleaned)})


def _by_type(cleaned: dict[str, Any]) -> dict[str, str]:
    numbers = [line.strip() for line in (cleaned.get("approval_number") or "").splitlines() if line.strip()]
    return dict(zip(cleaned.get("approval_types") or [], numbers, strict=False))


WEBSITE = Step("website", _("Website details"), WebsiteForm, stages.ADMINISTRATORS, template="transfers/checked.html")
