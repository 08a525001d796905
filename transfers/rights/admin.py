"""Correction requests for leads: what is wrong, by when to answer, and the answer."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.desk.proposals import REASON_LONGEST
from icpportal.desk.row_actions import ReasonForm, RowActions
from icpportal.desk.stock.moments import MomentFilter
from icpportal.privacy.admin import LookLoggingAdmin
from icpportal.time_format import day_words, to_beijing
from transfers.rights import corrections
from transfers.rights.models import CorrectionRequest


class AnswerForm(ReasonForm):
    """The answer beside the choice of action."""

    reason = forms.CharField(label=_("Answer, as the person reads it"), max_length=REASON_LONGEST, required=False)


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(LookLoggingAdmin[CorrectionRequest], RowActions[CorrectionRequest]):
    """Open requests, the nearest due first; then answered ones."""

    noted_as = corrections.LOOK
    list_display = ("about", "item_shown", "asked_at", "due", "reads", "outcome_shown", "closed_by")
    list_filter = (("closed_at", MomentFilter),)
    list_select_related = ("user", "order", "website", "closed_by")
    fields = ("place", "item_shown", "words", "asked_at", "due", "reads", "outcome_shown", "answer", "closed_at")
    readonly_fields = fields
    actions = ("answer_done", "answer_refused")
    action_form = AnswerForm
    refusals = (corrections.AnswerRefused,)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("rights.answer_correctionrequest")

    @admin.display(description=_("Order or filing"))
    def about(self, row: CorrectionRequest) -> str:
        return str(row)

    @admin.display(description=_("Order or filing"))
    def place(self, row: CorrectionRequest) -> SafeString:
        """The link to what it is about."""
        page = ("transfers_order_case", row.order_id) if row.order else ("filings_website_change", row.website_id)
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{page[0]}", args=[page[1]]), row)

    @admin.display(description=_("What is wrong"))
    def item_shown(self, row: CorrectionRequest) -> str:
        return str(corrections.ITEMS.get(row.item, row.item))

    @admin.display(description=pgettext_lazy("correction", "Answer due"), ordering="due_at")
    def due(self, row: CorrectionRequest) -> str | SafeString:
        """The due day, and whether it has passed."""
        day = day_words(to_beijing(row.due_at).date())
        if not corrections.is_overdue(row, timezone.now()):
            return day
        return format_html('<b class="bad">{}</b>', pgettext("correction", "Overdue since %(day)s") % {"day": day})

    @admin.display(description=_("Reads"))
    def reads(self, row: CorrectionRequest) -> str:
        return gettext("Chinese") if row.user.language.startswith("zh") else gettext("English")

    @admin.display(description=_("State"))
    def outcome_shown(self, row: CorrectionRequest) -> str:
        return str(corrections.OUTCOMES[row.outcome])

    @admin.action(description=_("Corrected: say what was done"), permissions=["act"])
    def answer_done(self, request: HttpRequest, queryset: QuerySet[CorrectionRequest]) -> None:
        self._answer(request, queryset, corrections.DONE)

    @admin.action(description=_("Not corrected: say why"), permissions=["act"])
    def answer_refused(self, request: HttpRequest, queryset: QuerySet[CorrectionRequest]) -> None:
        self._answer(request, queryset, corrections.REFUSED)

    def _answer(self, request: HttpRequest, queryset: QuerySet[CorrectionRequest], outcome: str) -> None:
        """Sends the answer to the person and keeps it out of the log: it may name them."""
        words = self.reason(request)
        if words:
            actor = account_of(request)
            self.each(
                request,
                queryset,
                lambda row: corrections.answer(row, actor=actor, outcome=outcome, words=words),
                _("Answered"),
            )
