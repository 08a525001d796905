"""Actions on selected rows of the desk: each row separately, done ones in the log, others reported."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.desk.event_lines import log_change
from icpportal.desk.proposals import REASON_LONGEST, ProposalRefused
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.staff import staff_of
from icpportal.fields.language_marks import labelled
from icpportal.fields.types import Words

Row = TypeVar("Row", bound=Model)
Done = TypeVar("Done")


class ReasonForm(ActionForm):
    """A reason beside the choice of action."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LONGEST, required=False)


class RowActions(ReadOnlyAdmin[Row]):
    """Rows that are never edited, with the actions on them."""

    refusals: tuple[type[Exception], ...] = (ProposalRefused,)  # reported as the reason for leaving a row out

    def row_name(self, row: Row) -> str:
        """What a row is called in messages."""
        return str(row)

    def each(
        self, request: HttpRequest, rows: Iterable[Row], act: Callable[[Row], Done], words: Words, *, because: str = ""
    ) -> int:
        """Acts on each row separately; logs what was done with the reason, and reports what was left out.

        Returns on how many it acted.
        """
        actor = staff_of(request)
        done = 0
        for row in rows:
            try:
                act(row)
            except self.refusals as refusal:
                self.message_user(request, labelled(self.row_name(row), str(refusal)), messages.WARNING)
                continue
            log_change(row, actor, lambda: labelled(words, because) if because else str(words))
            done += 1
        if done:
            self.message_user(request, labelled(words, str(done)), messages.SUCCESS)
        return done

    def reason(self, request: HttpRequest) -> str:
        """The reason typed beside the action; "" after reporting that it is missing."""
        reason = request.POST.get("reason", "").strip()[:REASON_LONGEST]
        if not reason:
            self.message_user(request, gettext("Enter a reason next to the action."), messages.ERROR)
        return reason
