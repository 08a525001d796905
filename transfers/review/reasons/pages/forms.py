"""What a lead writes in a version of a reason, on which case it is tried, and from when it is in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.provinces import PROVINCES
from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Choice, Initial
from icpportal.gateways.miit.codes.processing_codes import CODES
from transfers.documents.slots import SLOTS
from transfers.models import ReasonVersion
from transfers.returns.labels import FORMS, PHOTO, label_of, section_of
from transfers.review.baskets.forms import province_name
from transfers.review.reasons.blanks import BLANK, needs_value, unknown

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PAPER = "paper"
CHINESE, ENGLISH = _("Chinese text"), _("English text")
TEXTS = ("text_zh", "todo_zh", "text_en", "todo_en")
SHORT = ("short_zh", "short_en")
PLAIN = (*TEXTS, *SHORT, "code", "because", "ends_at")  # stored as entered


def _parts() -> list[Choice | tuple[str, Iterable[Choice]]]:
    """Every part of an order, grouped by page, and each page as a whole."""
    pages = [
        (str(section_of(step)), [(step, _("Every part of this page")), *_of_page(step, form.base_fields)])
        for step, form in FORMS.items()
    ]
    papers = [(PAPER, _("Every document")), *_of_page(PAPER, SLOTS)]
    return [*pages, (str(section_of(PAPER)), papers), (str(PHOTO), [("photo", PHOTO)])]


def _of_page(step: str, names: Iterable[str]) -> list[Choice]:
    return [(f"{step}.{name}", label_of(f"{step}.{name}")) for name in names]


def _moment(label: "_StrOrPromise", help_text: "_StrOrPromise") -> forms.DateTimeField:
    """A moment in Beijing time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


class VersionForm(forms.Form):
    """The texts of a version, and where they apply."""

    text_zh = PlainTextField(label=_("What is wrong, in Chinese"), max_length=120).called(CHINESE)
    todo_zh = PlainTextField(label=_("What to do, in Chinese"), max_length=120, required=False).called(CHINESE)
    text_en = PlainTextField(label=_("What is wrong, in English"), max_length=240).called(ENGLISH)
    todo_en = PlainTextField(label=_("What to do, in English"), max_length=240, required=False).called(ENGLISH)
    short_zh = PlainTextField(
        label=_("Short form, in Chinese"), max_length=18, help_text=_("For text messages, without blanks")
    )
    short_en = PlainTextField(label=_("Short form, in English"), max_length=38)
    parts = forms.MultipleChoiceField(
        label=_("Parts it applies to"), required=False, help_text=_("None is every part"), choices=_parts
    )
    provinces = forms.MultipleChoiceField(
        label=_("Provinces"),
        required=False,
        help_text=_("None is every province"),
        choices=lambda: [(code, province_name(code)) for code in PROVINCES],
    )
    code = PlainTextField(label=_("The ministry's code"), max_length=8, required=False).called(_("code"))
    ends_at = _moment(_("In force until"), _("Beijing time. Empty is without end"))
    because = PlainTextField(
        label=_("Why the words are changed"),
        max_length=200,
        help_text=_("Colleagues read this, the applicant does not"),
        error_messages={"required": _("Say why the words are changed")},
    ).called(_("reason"))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code and code not in CODES:
            raise ValidationError(_("The ministry has no such code: check it"), code="unknown_code")
        return code

    def clean_ends_at(self) -> datetime | None:
        ends: datetime | None = self.cleaned_data["ends_at"]
        if ends is not None and ends <= timezone.now():
            words = _("This time has passed: choose a later one, or leave the field empty")
            raise ValidationError(words, code="over")
        return ends

    def clean(self) -> None:
        super().clean()
        given = {name: self.cleaned_data.get(name, "") for name in (*TEXTS, *SHORT)}
        for name, text in given.items():
            if wrong := unknown(text):
                words = _("{%(name)s} is no blank: use one of the list")
                self.add_error(name, ValidationError(words, code="unknown_blank", params={"name": wrong[0]}))
            elif name in SHORT and BLANK.search(text):
                self.add_error(name, ValidationError(_("A short form has no blanks"), code="blank_in_short"))
        if self.errors:
            return
        chinese, english = (_blanks(given[f"text_{each}"] + given[f"todo_{each}"]) for each in ("zh", "en"))
        if chinese != english:
            words = _("Use the same blanks in both languages")
            self.add_error("text_en", ValidationError(words, code="blanks_differ"))
        if needs_value(given.values()) and not _all_have_values(self.cleaned_data["parts"]):
            words = _("{value} needs parts that have one: choose fields, no documents and no photo")
            self.add_error("parts", ValidationError(words, code="no_value"))

    def columns(self) -> dict[str, str | datetime | None]:
        """The values of the version's columns."""
        given = self.cleaned_data
        lists = {"fields": " ".join(given["parts"]), "provinces": " ".join(given["provinces"])}
        return {**{name: given[name] for name in PLAIN}, **lists}


def initial_of(version: ReasonVersion) -> Initial:
    """The initial values for a version; the reason for the change starts empty, and so does an end that has passed."""
    has_ended = version.ends_at is not None and version.ends_at <= timezone.now()
    left = {"because"} if version.published_at else set()
    left |= {"ends_at"} if version.published_at and has_ended else set()
    found: Initial = {name: getattr(version, name) for name in PLAIN if name not in left}
    return {**found, "parts": version.fields.split(), "provinces": version.provinces.split()}


def _blanks(text: str) -> set[str]:
    return set(BLANK.findall(text))


def _all_have_values(parts: list[str]) -> bool:
    return bool(parts) and all(part.partition(".")[0] in FORMS for part in parts)


class TryForm(forms.Form):
    """A past case on which to read the text before it is in force."""

    reference = PlainTextField(label=_("Order number of a past case"), max_length=20)


class AskForm(forms.Form):
    """From when the text is in force."""

    begins_at = _moment(_("In force from"), _("Beijing time. Empty is as soon as it is published"))
