"""The form of an attempt: how it ended, and when the next one is."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Posted, offer
from icpportal.time_format import short_words
from transfers.calls.outcomes import OUTCOMES, Outcome, outcome_of

NOTE_MAX = 400


class AttemptForm(forms.Form):
    """The outcome of an attempt; the next one only if the call continues."""

    use_required_attribute = False

    outcome = ChoiceField(label=_("How did it end?"), choices=[(row.key, row.label) for row in OUTCOMES]).called(
        _("outcome")
    )
    slot = forms.ChoiceField(label=_("Next try"), required=False)
    note = PlainTextField(
        label=_("Note for the next colleague"),
        max_length=NOTE_MAX,
        required=False,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Posted | None = None, *, slots: Iterable[datetime], initial: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        offer(self, "slot", [("", _("The next free time")), *((at.isoformat(), short_words(at)) for at in slots)])

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("outcome") == "later" and not self.cleaned_data.get("slot"):
            self.add_error("slot", ValidationError(_("Choose when to call back"), code="no_slot"))

    def result(self) -> tuple[Outcome, datetime | None, str]:
        """The outcome, the next try where one was chosen, the note."""
        chosen = self.cleaned_data["slot"]
        at = datetime.fromisoformat(chosen) if chosen else None
        return outcome_of(self.cleaned_data["outcome"]), at, self.cleaned_data["note"]
