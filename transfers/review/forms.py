"""The reviewer's forms: a reason for each field that is returned, a reason for the photo, a call, a refusal."""

from collections.abc import Collection, Iterable
from typing import TypedDict, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Choice, Files, FormOptions, Posted, offer
from icpportal.fields.language_marks import reads_chinese
from transfers.models import ReturnReason
from transfers.returns.labels import label_of, section_of
from transfers.review.actions import PHOTO, ReturnedField
from transfers.review.drafts import parts_named
from verification.photos.methods import BACKDROP, PLAIN

WORDS_MAX = 200


def reasons_for(part: str, reasons: Iterable[ReturnReason]) -> list[ReturnReason]:
    """The reasons that fit a part: those that name it, its step or nothing; the closest first."""
    step = part.partition(".")[0]

    def fit(reason: ReturnReason) -> int:
        named = reason.fields.split()
        return 0 if part in named else 1 if step in named else 2 if not named else 3

    return [each for each in sorted(reasons, key=fit) if fit(each) < 3]


def choices_for(part: str, reasons: Iterable[ReturnReason]) -> list[Choice]:
    chinese = reads_chinese()
    found = [(each.key, each.text_zh if chinese else each.text_en) for each in reasons_for(part, reasons)]
    return [("", _("Correct")), *found, ("own", _("In my own words"))]


class Pair(TypedDict):
    """The two fields of a part."""

    reason: forms.BoundField
    words: forms.BoundField


class ReturnForm(forms.Form):
    """One select and one line of words a part; parts without either are in order.

    To accept the order nothing may stand in any of them: `accepting`.
    """

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        parts: list[str],
        accepting: bool = False,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.parts, self.accepting = parts, accepting
        given = self.data if self.is_bound else self.initial
        chosen = [given[f"reason.{part}"] for part in parts if given.get(f"reason.{part}")]
        # one that was switched off after it was chosen stays chosen
        offered = ReturnReason.objects.filter(Q(active=True) | Q(key__in=chosen))
        self.reasons = {reason.key: reason for reason in offered}
        for part in parts:
            self.fields[f"reason.{part}"] = forms.ChoiceField(
                choices=choices_for(part, self.reasons.values()), required=False, label=_("Reason")
            )
            self.fields[f"words.{part}"] = PlainTextField(
                max_length=WORDS_MAX, required=False, label=_("In your words")
            )

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if self.accepting:
            self._only_empty()
            return
        for part in self.parts:
            reason, words = cleaned.get(f"reason.{part}"), cleaned.get(f"words.{part}")
            if reason == "own" and not words:
                missing = _("Describe in one sentence what must be changed")
                self.add_error(f"words.{part}", ValidationError(missing, code="words_missing"))
            if words and not reason and f"reason.{part}" not in self.errors:
                missing = _("Choose a reason for these words, or delete them")
                self.add_error(f"words.{part}", ValidationError(missing, code="reason_missing"))
        if not self.errors and not self.named():
            raise ValidationError(
                _("Choose a reason for at least one field, or accept the order"), code="nothing_named"
            )

    def _only_empty(self) -> None:
        """Whoever named a part does not mean to accept: nothing is decided until it is returned or emptied."""
        named = ", ".join(f"{section_of(part)} · {label_of(part)}" for part in parts_named(self.data))
        if named:
            words = _("Not accepted: return the order, or empty the reason and words of: %(parts)s")
            raise ValidationError(words, code="parts_named", params={"parts": named})

    def named(self) -> list[ReturnedField]:
        """The parts that are returned."""
        found = []
        for part in self.parts:
            key = self.cleaned_data.get(f"reason.{part}", "")
            if key:
                found.append(ReturnedField(part, self.reasons.get(key), self.cleaned_data.get(f"words.{part}", "")))
        return found

    def pair(self, part: str) -> Pair | None:
        """The two fields of a part, for the page; `None` for what cannot be returned."""
        if f"reason.{part}" not in self.fields:
            return None
        return {"reason": self[f"reason.{part}"], "words": self[f"words.{part}"]}


# reasons that speak of one way of taking the photo: not offered where the rules do not know it
ONLY_OF = {BACKDROP: ("photo_backdrop", "photo_words"), PLAIN: ("photo_ground",)}


class PhotoForm(forms.Form):
    """Why the photo has to be taken again."""

    use_required_attribute = False  # the page is one form: its other buttons need none of it

    reason = forms.ChoiceField(label=_("Reason"))
    words = PlainTextField(label=_("In your words"), max_length=WORDS_MAX, required=False)

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        ways: Collection[str],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        elsewhere = {key for way, keys in ONLY_OF.items() if way not in ways for key in keys}
        active = ReturnReason.objects.filter(active=True).exclude(key__in=elsewhere)
        self.reasons = {reason.key: reason for reason in active}
        offer(self, "reason", [("", _("Choose…")), *choices_for(PHOTO, self.reasons.values())[1:]])

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("reason") == "own" and not cleaned.get("words"):
            self.add_error(
                "words", ValidationError(_("Describe in one sentence what must be changed"), code="words_missing")
            )

    def named(self) -> ReturnedField:
        return ReturnedField(PHOTO, self.reasons.get(self.cleaned_data["reason"]), self.cleaned_data["words"])


class CallForm(forms.Form):
    """What was said on the phone."""

    use_required_attribute = False  # the page is one form: its other buttons need none of it

    words = PlainTextField(label=_("What was said"), max_length=WORDS_MAX)


class RefuseForm(forms.Form):
    """Why the order is refused, as the applicant reads it."""

    use_required_attribute = False  # the page is one form: its other buttons need none of it

    words = PlainTextField(label=_("Reason for the applicant"), max_length=WORDS_MAX)
