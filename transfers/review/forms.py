"""The reviewer's forms: a reason for each field that is returned, a reason for the photo, a call, a refusal."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from icpportal.entry.fields import PlainTextField
from icpportal.entry.marks import reads_chinese
from transfers.models import ReturnReason
from transfers.photo_ways import BACKDROP, PLAIN
from transfers.review.actions import PHOTO, Named

WORDS_MAX = 200


def reasons_for(part: str, reasons: Iterable[ReturnReason]) -> list[ReturnReason]:
    """The reasons that fit a part: those that name it, its step or nothing; the closest first."""
    step = part.partition(".")[0]

    def fit(reason: ReturnReason) -> int:
        named = reason.fields.split()
        return 0 if part in named else 1 if step in named else 2 if not named else 3

    return [each for each in sorted(reasons, key=fit) if fit(each) < 3]


def choices_for(part: str, reasons: Iterable[ReturnReason]) -> list[tuple[str, Any]]:
    chinese = reads_chinese()
    found = [(each.key, each.text_zh if chinese else each.text_en) for each in reasons_for(part, reasons)]
    return [("", _("In order")), *found, ("own", _("In my own words"))]


class ReturnForm(forms.Form):
    """One select and one line of words a part; parts without a reason are in order."""

    def __init__(self, *args: Any, parts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.reasons = {reason.key: reason for reason in ReturnReason.objects.filter(active=True)}
        for part in parts:
            self.fields[f"reason.{part}"] = forms.ChoiceField(
                choices=choices_for(part, self.reasons.values()), required=False, label=_("Reason")
            )
            self.fields[f"words.{part}"] = PlainTextField(
                max_length=WORDS_MAX, required=False, label=_("In your words")
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for part in self.parts:
            if cleaned.get(f"reason.{part}") == "own" and not cleaned.get(f"words.{part}"):
                words = _("Say in a sentence what has to be changed")
                self.add_error(f"words.{part}", ValidationError(words, code="words_missing"))
        if not self.errors and not self.named():
            raise ValidationError(_("Give a reason for at least one field, or accept the order"), code="nothing_named")
        return cleaned

    def named(self) -> list[Named]:
        """The parts that are returned."""
        found = []
        for part in self.parts:
            key = self.cleaned_data.get(f"reason.{part}", "")
            if key:
                found.append(Named(part, self.reasons.get(key), self.cleaned_data.get(f"words.{part}", "")))
        return found

    def pair(self, part: str) -> dict[str, Any]:
        """The two fields of a part, for the page."""
        return {"reason": self[f"reason.{part}"], "words": self[f"words.{part}"]}


# reasons that speak of one way of taking the photo: not offered where the rules do not know it
ONLY_OF = {BACKDROP: ("photo_backdrop", "photo_words"), PLAIN: ("photo_ground",)}


class PhotoForm(forms.Form):
    """Why the photo has to be taken again."""

    reason = forms.ChoiceField(label=_("Reason"))
    words = PlainTextField(label=_("In your words"), max_length=WORDS_MAX, required=False)

    def __init__(self, *args: Any, ways: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elsewhere = {key for way, keys in ONLY_OF.items() if way not in ways for key in keys}
        active = ReturnReason.objects.filter(active=True).exclude(key__in=elsewhere)
        self.reasons = {reason.key: reason for reason in active}
        self.fields["reason"].choices = [("", _("Choose…")), *choices_for(PHOTO, self.reasons.values())[1:]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("reason") == "own" and not cleaned.get("words"):
            self.add_error(
                "words", ValidationError(_("Say in a sentence what has to be changed"), code="words_missing")
            )
        return cleaned

    def named(self) -> Named:
        return Named(PHOTO, self.reasons.get(self.cleaned_data["reason"]), self.cleaned_data["words"])


class CallForm(forms.Form):
    """What was said on the phone."""

    words = PlainTextField(label=_("What was said"), max_length=WORDS_MAX)


class RefuseForm(forms.Form):
    """Why the order is refused, as the applicant reads it."""

    words = PlainTextField(label=_("Reason for the applicant"), max_length=WORDS_MAX)
