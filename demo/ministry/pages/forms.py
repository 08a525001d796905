"""The forms of the simulated authority's pages."""

from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from demo.ministry.code_texts import REPORT_FAILED, TURN_DOWN, words_of
from demo.ministry.desk.actions import DECISIONS
from demo.ministry.faults import KINDS, METHODS
from demo.ministry.models import Fault, Filing, Site
from icpportal.fields.fields import ChoiceField, DomainField, MobileField, NumberField, PlainTextField
from icpportal.fields.form_types import FieldValue, Files, FormOptions, Initial, Posted

FALLBACK_CODES = {"turn_down": "1002", "report_failed": "5999"}
CERTIFICATES = (
    (1, _("Business licence")),
    (2, _("Resident ID card")),
    (7, _("Passport")),
    (14, _("Mainland travel permit (Hong Kong, Macao)")),
    (11, _("Mainland travel permit (Taiwan)")),
    (41, _("Residence permit (Hong Kong, Macao)")),
    (42, _("Residence permit (Taiwan)")),
    (30, _("Foreign permanent resident ID card")),
)
WORKS = "works"
FAULT_WORDS = {
    WORKS: pgettext_lazy("switch", "Works"),
    "down": pgettext_lazy("switch", "Down: the connection is dropped"),
    "slow": pgettext_lazy("switch", "Slow"),
    "http": pgettext_lazy("switch", "HTTP 500"),
    "garbage": _("Answers with nonsense"),
    "maintenance": pgettext_lazy("switch", "Maintenance (901, 902)"),
    "code": pgettext_lazy("switch", "Answers with a return code"),
    "sequence": pgettext_lazy("switch", "Wrong sequence (14)"),
    "lost": pgettext_lazy("switch", "Done, but the answer is lost"),
    "hash": pgettext_lazy("switch", "Wrong hash"),
    "cut": pgettext_lazy("switch", "Damaged archive"),
    "bare": pgettext_lazy("switch", "More to come (3), and no file"),
    "again": pgettext_lazy("switch", "Delivered twice"),
    "extra": pgettext_lazy("switch", "Unknown elements"),
    "extra_in_file": pgettext_lazy("switch", "Unknown elements in files"),
    "unknown_code": pgettext_lazy("switch", "Unknown processing code"),
    "several": pgettext_lazy("switch", "Several codes in one result"),
    "padded": pgettext_lazy("switch", "White space around the result"),
}
METHOD_LABELS = {
    "upload": pgettext_lazy("method", "Taking reports"),
    "download": pgettext_lazy("method", "Handing out results"),
    "acknowledge": pgettext_lazy("method", "Taking acknowledgements"),
    "previous": pgettext_lazy("method", "Which was the last report?"),
    "status": _("Is it on file?"),
    "password": _("Filing password"),
    "phones": _("Who has confirmed"),
}
HOURS = ((1, _("1 hour")), (24, _("24 hours")), (48, _("48 hours")), (24 * 30, _("30 days")))


class DecisionForm(forms.Form):
    """The authority's decision on one report; its buttons carry `decision`."""

    report = PlainTextField(max_length=40)
    decision = ChoiceField(choices=[(name, name) for name in DECISIONS])
    code = ChoiceField(required=False, choices=[("", ""), *((code, code) for code in {**TURN_DOWN, **REPORT_FAILED})])
    words = PlainTextField(max_length=500, required=False)

    def clean(self) -> None:
        """Fills in a code and the authority's words for it if they are left out."""
        super().clean()
        data = self.cleaned_data
        fallback = FALLBACK_CODES.get(data.get("decision", ""), "")
        data["code"] = (data.get("code") or fallback) if fallback else ""
        data["words"] = (data.get("words") or words_of(data["code"])) if fallback else ""


class MinistryCodeForm(forms.Form):
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
    """One switch per method, and values for the chosen faults; `manage.py simulator fault` can do more."""

    seconds = forms.IntegerField(label=_("Seconds when slow"), min_value=1, max_value=600, initial=60)
    returned = forms.IntegerField(label=_("Return code it answers with"), min_value=0, max_value=999, initial=999)
    times = forms.IntegerField(
        label=_("How many calls"),
        help_text=_("Leave empty to keep it on until you switch it off"),
        min_value=1,
        required=False,
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        for name in ("seconds", "returned", "times"):
            self.fields[name].widget.attrs["class"] = "input-8"
        for method in METHODS:
            kinds = [WORKS, *(kind for kind, methods in KINDS.items() if method in methods)]
            choices = [(kind, FAULT_WORDS[kind]) for kind in kinds]
            self.fields[method] = ChoiceField(label=METHOD_LABELS[method], choices=choices, initial=WORKS)

    @property
    def switches(self) -> list[forms.BoundField]:
        """The switches only, in the order of the methods."""
        return [self[method] for method in METHODS]

    def value_of(self, kind: str) -> str:
        """The value for this fault."""
        values = {"slow": "seconds", "code": "returned"}
        return str(self.cleaned_data[values[kind]]) if kind in values else ""


def switches_now(faults: list[Fault]) -> Initial:
    """The current switches, for the form."""
    known = {row.method: row.kind for row in faults}
    numbers = {row.kind: row.value for row in faults}
    now: dict[str, FieldValue] = {
        **known,
        "seconds": numbers.get("slow", 60),
        "returned": numbers.get("code", 999),
        "times": next((row.left for row in faults if row.left), None),
    }
    return now


class FilingForm(forms.Form):
    """Puts an invented site of another provider on record, under a new subject or an existing one."""

    number = NumberField(label=_("Subject's filing number"), help_text=_("Include the province's character"))
    province = forms.RegexField(
        label=_("Province, two digits"), regex=r"^[1-9][0-9]$", widget=forms.TextInput(attrs={"class": "input-4"})
    )
    region = forms.RegexField(
        label=_("County of the subject, six digits"),
        regex=r"^[1-9][0-9]{5}$",
        required=False,
        widget=forms.TextInput(attrs={"class": "input-8"}),
    )
    subject_name = PlainTextField(
        label=_("Name of the subject"), max_length=255, widget=forms.TextInput(attrs={"lang": "zh-Hans"})
    )
    id_type_code = forms.TypedChoiceField(
        label=pgettext_lazy("authority", "Document"), choices=CERTIFICATES, coerce=int
    )
    id_number = NumberField(label=_("Document number"))
    password = PlainTextField(label=_("Filing password"), max_length=32)
    domain = DomainField(label=pgettext_lazy("authority", "Domain name"))
    site_name = PlainTextField(
        label=_("Website name"), max_length=200, widget=forms.TextInput(attrs={"lang": "zh-Hans"})
    )
    lead_name = PlainTextField(label=_("Subject lead's name"), max_length=64, required=False)
    lead_mobile = MobileField(label=_("Subject lead's mobile number"))
    lead_id_number = NumberField(label=_("Subject lead's document number"))
    administrator_name = PlainTextField(label=_("Website administrator's name"), max_length=64, required=False)
    administrator_mobile = MobileField(label=_("Website administrator's mobile number"))
    administrator_id_number = NumberField(label=_("Website administrator's document number"))

    def clean(self) -> None:
        """A domain is on record once; a number belongs to one document, and with the same one gets another site."""
        super().clean()
        data = self.cleaned_data
        known = Filing.objects.filter(number=data.get("number", "")).first()
        document = (data.get("id_type_code"), data.get("id_number", "").upper())
        is_taken = known is not None and (known.id_type_code, known.id_number) != document
        if is_taken or Site.objects.filter(domain=data.get("domain", "")).exists():
            raise ValidationError(_("This number or domain is on record already"), code="taken")


class ClockForm(forms.Form):
    """Puts the authority's clock forward."""

    hours = forms.TypedChoiceField(label=_("Put the clock forward by"), choices=HOURS, coerce=int)
