"""Forms of an objection: its result and the answer, and whom to call about it."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy

from icpportal.desk.own_words import EN, TAGS, ZH, OwnWordsForm, own_words_field
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Choice, Posted, offer
from transfers.objections.results import Result, result_of

READS = {
    ZH: gettext_lazy("This person reads Chinese: write the answer in Chinese"),
    EN: gettext_lazy("This person reads English: write the answer in English"),
}


class CloseForm(OwnWordsForm):
    """The result, and an answer at least in the language of the person who objects."""

    result = ChoiceField(label=gettext_lazy("How it ends")).called(gettext_lazy("result"))
    words = own_words_field(gettext_lazy("In Chinese"), TAGS[ZH], lines=True)
    words_en = own_words_field(gettext_lazy("In English"), TAGS[EN], lines=True)

    def __init__(
        self,
        data: Posted | None = None,
        *,
        language: str,
        results: Sequence[Result],
        initial: Mapping[str, str] | None = None,
    ) -> None:
        """`language` is that of the person who objects."""
        super().__init__(data, initial=dict(initial or {}))
        offer(self, "result", [(row.key, row.label) for row in results])
        read = self.fields["words" if language == ZH else "words_en"]
        read.required = True
        read.error_messages = {**read.error_messages, "required": str(READS[language])}

    def chosen(self) -> Result:
        """The chosen result; only for a valid form."""
        found = result_of(self.cleaned_data["result"])
        if found is None:
            raise ValueError(self.cleaned_data["result"])
        return found


class CallForm(forms.Form):
    """Whom to call about the objection, and what to ask."""

    use_required_attribute = False

    to = ChoiceField(label=gettext_lazy("Whom to call")).called(gettext_lazy("person to call"))
    about = PlainTextField(label=gettext_lazy("What is unclear"), max_length=200).called(
        gettext_lazy("point that is unclear")
    )

    def __init__(
        self, data: Posted | None = None, *, people: list[Choice], initial: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        offer(self, "to", people)
