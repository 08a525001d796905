"""What can be typed on the simulated authority's pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.entry.fields import ChoiceField, DomainField, MobileField, NumberField, PlainTextField
from icpportal.gateways.miit.simulated.faults import QUESTIONS
from icpportal.gateways.miit.simulated.models import SimulatedFault, SimulatedFiling, SimulatedSite
from icpportal.gateways.miit.simulated.processing import REPORT_FAILED, TURN_DOWN, words_of
from icpportal.gateways.miit.types import AnswerKind

DECISIONS = {
    "grant": AnswerKind.GRANTED,
    "turn_down": AnswerKind.TURNED_DOWN,
    "report_failed": AnswerKind.REPORT_FAILED,
}
FALLBACK_CODES = {"turn_down": "1002", "report_failed": "5999"}
CERTIFICATES = ((1, _("Business licence")), (2, _("Resident ID card")), (7, _("Passport")))
WORKS = "works"
FAULTS = (
    (WORKS, pgettext_lazy("switch", "Works")),
    (SimulatedFault.DOWN, pgettext_lazy("switch", "Down")),
    (SimulatedFault.SLOW, pgettext_lazy("switch", "Slow")),
    (SimulatedFault.GARBAGE, _("Answers with nonsense")),
)
QUESTION_LABELS = {
    "status": _("Is it on file?"),
    "password": _("Filing password"),
    "answers": _("Outcomes of reports"),
    "phones": _("Who has confirmed"),
}


class DecisionForm(forms.Form):
    """The authority's decision on one report; its buttons carry `decision`."""

    report = PlainTextField(max_length=120)
    decision = ChoiceField(choices=[(name, name) for name in DECISIONS])
    code = ChoiceField(required=False, choices=[("", ""), *((code, code) for code in {**TURN_DOWN, **REPORT_FAILED})])
    words = PlainTextField(max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """Fills in a code and the authority's words for it where they are left out."""
        data = super().clean() or {}
        fallback = FALLBACK_CODES.get(data.get("decision", ""), "")
        data["code"] = (data.get("code") or fallback) if fallback else ""
        data["words"] = (data.get("words") or words_of(data["code"])) if fallback else ""
        return data


class CodeForm(forms.Form):
    """The ministry's own page for its codes (短信核验)."""

    mobile = MobileField(label=pgettext_lazy("authority", "Mobile number"))
    code = NumberField(
        label=_("Code from the text"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "code input-8", "inputmode": "numeric", "autocomplete": "off"}),
    )
    tail = NumberField(
        label=_("Last six characters of the document"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input-8", "autocomplete": "off"}),
    )


class FaultForm(forms.Form):
    """One switch for each question."""

    seconds = forms.IntegerField(label=_("Seconds when slow"), min_value=1, max_value=600, initial=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question] = ChoiceField(label=QUESTION_LABELS[question], choices=FAULTS, initial=WORKS)


class FilingForm(forms.Form):
    """Puts an invented site of another provider's on record."""

    number = NumberField(label=_("Subject's filing number"), help_text=_("With the character of its province"))
    province = forms.RegexField(
        label=_("Province, two digits"), regex=r"^[1-9][0-9]$", widget=forms.TextInput(attrs={"class": "input-4"})
    )
    id_type_code = forms.TypedChoiceField(
        label=pgettext_lazy("authority", "Document"), choices=CERTIFICATES, coerce=int
    )
    id_number = NumberField(label=_("Document number"))
    password = PlainTextField(label=_("Filing password"), max_length=32)
    domain = DomainField(label=pgettext_lazy("authority", "Domain name"))
    site_name = PlainTextField(label=_("Website name"), max_length=200)
    lead_mobile = MobileField(label=_("Mobile of the subject lead"))
    lead_id_number = NumberField(label=_("Subject lead's document number"))
    administrator_mobile = MobileField(label=_("Mobile of the website administrator"))
    administrator_id_number = NumberField(label=_("Website administrator's document number"))

    def clean(self) -> dict[str, Any]:
        """A number or a domain is on record once."""
        data = super().clean() or {}
        number, domain = data.get("number", ""), data.get("domain", "")
        taken = SimulatedFiling.objects.filter(number=number).exists()
        if taken or SimulatedSite.objects.filter(domain=domain).exists():
            raise ValidationError(_("This number or domain is on record already"), code="taken")
        return data
