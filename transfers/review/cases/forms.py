"""The reviewer's forms: return, photo, refusal, call, note to colleagues."""

from collections.abc import Collection, Mapping
from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.desk.own_words import ONE_IS_ENOUGH, OwnWordsForm, faults, own_words_field
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Choice, Files, FormOptions, Posted, offer
from icpportal.fields.language_marks import labelled
from transfers.calls.people import PersonToCall
from transfers.calls.queries import UNREACHED
from transfers.models import Order
from transfers.returns.labels import full_name_of, names_of
from transfers.review.actions import PHOTO, ReturnedField, returned_field
from transfers.review.cases.parts.verdicts import RETURN as RETURN_IT
from transfers.review.cases.parts.verdicts import Tally, Verdict
from transfers.review.reasons.offered_reasons import OfferedReasons
from transfers.review.reasons.queries import begun_versions, fit, offered_reasons
from verification.photos.methods import BACKDROP, PLAIN

RETURN, OWN = "return", "own"
WORDS_MAX = 200


class ReturnForm(forms.Form):
    """A reason, or words, for each part to be returned; anything else typed is ignored."""

    although = forms.BooleanField(required=False)
    why = PlainTextField(
        label=_("Why now, when it was in order last time?"),
        help_text=_("Colleagues read this, the applicant does not"),
        max_length=WORDS_MAX,
        required=False,
    ).called(_("reason"))

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        order: Order,
        verdicts: Mapping[str, Verdict],
        tally: Tally,
        late: Collection[str] = (),
        may_be_unreached: bool = True,
        seen: str = "",
        **options: Unpack[FormOptions],
    ) -> None:
        options["prefix"] = RETURN
        super().__init__(data, files, **options)
        self.verdicts = [each for each in verdicts.values() if each.said == RETURN_IT]
        self.tally, self.late = tally, sorted(set(late) & {each.part for each in self.verdicts})
        self.may_be_unreached, self.seen = may_be_unreached, seen
        self.order, self.reasons = order, offered_reasons(order) if self.verdicts else {}

    def clean(self) -> None:
        super().clean()
        if not self.verdicts:
            raise ValidationError(_("Mark at least one part to return, or accept the order"), code="nothing_named")
        for fault in self.faults().values():
            self.add_error(None, fault)
        if self.seen not in ("", self.versions):
            words = _("Not returned: the words of a reason were changed since you read them. Read them again")
            self.add_error(None, ValidationError(words, code="changed_words"))
        if self.tally.open and not self.cleaned_data.get("although"):
            words = _("Some parts have no verdict yet: judge them first, or tick that you return all the same")
            self.add_error("although", ValidationError(words, code="unjudged"))
        if self.late and not self.cleaned_data.get("why"):
            named = names_of(self.late)
            words = _("%(parts)s was in order last time: say why it is returned now")
            self.add_error("why", ValidationError(words, code="late", params={"parts": named}))

    @property
    def versions(self) -> str:
        """The versions of the reasons whose words the applicant will read."""
        given = {version.pk for each in self.verdicts if (version := self.reasons.get(each.reason))}
        return " ".join(map(str, sorted(given)))

    def faults(self) -> dict[str, ValidationError]:
        """What is wrong with the reasons, by part."""
        return {each.part: fault for each in self.verdicts if (fault := self._fault(each))}

    def _fault(self, each: Verdict) -> ValidationError | None:
        name = full_name_of(each.part)
        if each.reason == OWN and not each.own:
            words = _("%(part)s: describe in one sentence what must be changed")
        elif not each.reason:
            words = _("%(part)s: choose a reason")
        elif each.reason == UNREACHED and not self.may_be_unreached:
            words = _("%(part)s: not before two missed calls, and the time the applicant has then. See Calls")
        elif each.reason != OWN and not self._stands_at(each):
            words = _("%(part)s: this reason does not hold here, or not any more. Choose another one")
        elif max(map(len, (each.words, each.words_en))) > WORDS_MAX:
            words = _("%(part)s: your words are too long")
        elif wrong := faults(each.words, each.words_en):
            return ValidationError(labelled(name, next(iter(wrong.values()))), code="other_language")
        else:
            return None
        return ValidationError(words, code="reason", params={"part": name})

    def _stands_at(self, each: Verdict) -> bool:
        """Whether the reason is in force in this province for this part."""
        version = self.reasons.get(each.reason)
        return version is not None and fit(version, each.part) < 3

    def returned_fields(self) -> list[ReturnedField]:
        """The parts to be returned."""
        found = self.reasons
        return [returned_field(self.order, each.part, found.get(each.reason), each.own) for each in self.verdicts]


# reasons about one method of the photo: offered only where the rules allow the method
ONLY_OF = {BACKDROP: ("photo_backdrop", "photo_words"), PLAIN: ("photo_ground",)}


class PhotoForm(OwnWordsForm):
    """Why the photo must be taken again, apart from the rules that are not met."""

    needs_words = False
    field_order = ("reason", "words", "words_en")

    reason = forms.ChoiceField(label=_("Another reason"), required=False)
    words = own_words_field(_("In your words, in Chinese"), "zh-Hans")
    words_en = own_words_field(_("In your words, in English"), "en", help_text=ONE_IS_ENOUGH)

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        order: Order,
        ways: Collection[str],
        has_rules: bool = False,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.has_rules = has_rules
        elsewhere = {key for way, keys in ONLY_OF.items() if way not in ways for key in keys}
        self.order, self.begun = order, begun_versions()
        self.reasons_of_rules = offered_reasons(order, self.begun)
        self.reasons = {key: each for key, each in self.reasons_of_rules.items() if key not in elsewhere}
        offer(self, "reason", [("", _("Choose…")), *OfferedReasons(self.reasons.values()).choices_for(PHOTO)])

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if "reason" in cleaned and not cleaned["reason"] and not self.has_rules:
            words = _("Mark the rule that is not met, or choose a reason")
            self.add_error("reason", ValidationError(words, code="reason_missing"))
        if cleaned.get("reason") == "own" and not self.own():
            self.add_error(
                "words", ValidationError(_("Describe in one sentence what must be changed"), code="words_missing")
            )

    def returned_field(self) -> ReturnedField:
        return returned_field(self.order, PHOTO, self.reasons.get(self.cleaned_data["reason"]), self.own())


class RefuseForm(OwnWordsForm):
    """Why the order is refused, as the applicant reads it."""

    words = own_words_field(_("Reason for the applicant, in Chinese"), "zh-Hans")
    words_en = own_words_field(_("Reason for the applicant, in English"), "en", help_text=ONE_IS_ENOUGH)


def people(colleagues: list[User]) -> list[Choice]:
    """Colleagues to choose from."""
    return [("", _("Choose…")), *((str(each.pk), str(each)) for each in colleagues)]


class HandOnForm(forms.Form):
    """Who gets the order, and what that colleague should know."""

    use_required_attribute = False

    to = ChoiceField(label=_("Colleague"))
    words = PlainTextField(label=_("Note"), max_length=WORDS_MAX, required=False)

    def __init__(
        self, data: Posted | None = None, *, colleagues: list[User], initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, prefix="hand", initial=initial)
        offer(self, "to", people(colleagues))


class AskForm(forms.Form):
    """A question to a colleague about one part."""

    use_required_attribute = False

    part = ChoiceField(label=_("Part"), error_messages={"required": _("Choose the part you ask about")})
    to = ChoiceField(label=_("Ask whom")).called(_("colleague"))
    words = PlainTextField(label=_("Question"), max_length=WORDS_MAX)

    def __init__(
        self,
        data: Posted | None = None,
        *,
        colleagues: list[User],
        parts: list[Choice],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, prefix="ask", initial=initial)
        offer(self, "part", [("", _("Choose…")), *parts])
        offer(self, "to", people(colleagues))


class AskCallForm(forms.Form):
    """A call to somebody of the order: who, and what is unclear."""

    use_required_attribute = False

    to = ChoiceField(label=_("Whom to call")).called(_("person to call"))
    part = forms.ChoiceField(label=_("Part"), required=False)
    words = PlainTextField(
        label=_("What is unclear"),
        help_text=_("Colleagues read this, the applicant does not"),
        max_length=WORDS_MAX,
    ).called(_("point that is unclear"))

    def __init__(
        self,
        data: Posted | None = None,
        *,
        people: list[PersonToCall],
        parts: list[Choice],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, prefix="call", initial=initial)
        offer(self, "to", [(each.role, f"{each.label} · {each.masked_mobile}") for each in people])
        offer(self, "part", [("", _("No part")), *parts])
