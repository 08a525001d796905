"""Correction requests for leads: what is wrong, by when to answer, and the answer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from icpportal.fields.fields import PlainTextField
from icpportal.privacy.admin import LookLoggingAdmin
from icpportal.time_format import day_words, to_beijing
from transfers.rights import corrections
from transfers.rights.models import CorrectionRequest

ANSWERS = (corrections.DONE, corrections.REFUSED)


class AnswerForm(ReasonForm):
    """The answer beside the choice of action."""

    reason = forms.CharField(label=_("Answer, as the person reads it"), max_length=REASON_LONGEST, required=False)


class WrittenAnswerForm(forms.Form):
    """The answer on the page of the request."""

    use_required_attribute = False

    words = PlainTextField(
        label=_("Answer, as the person reads it"),
        max_length=REASON_LONGEST,
        lines=True,
        error_messages={"required": _("Enter the answer")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the request, and takes the answer of whoever may give it; one that came too late stays to be copied."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_act_permission(request):
            return self._shown(request, object_id, [])
        if request.method != "POST":
            return self._shown(request, object_id, [] if row.closed_at else [WrittenAnswerForm()])
        form, outcome = WrittenAnswerForm(request.POST), request.POST.get("outcome", "")
        if form.is_valid() and outcome in ANSWERS and self._send(request, [row], outcome, form.cleaned_data["words"]):
            return redirect("admin:rights_correctionrequest_changelist")
        return self._shown(request, object_id, [form])

    def _shown(self, request: HttpRequest, object_id: str, found: list[WrittenAnswerForm]) -> HttpResponse:
        """The page, drawn as for a GET: the row itself is never edited."""
        request.method = "GET"
        outcomes = [(outcome, corrections.OUTCOMES[outcome]) for outcome in ANSWERS]
        return super().change_view(request, object_id, extra_context={"forms": found, "outcomes": outcomes})

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
            self._send(request, queryset, outcome, words)

    def _send(self, request: HttpRequest, rows: Iterable[CorrectionRequest], outcome: str, words: str) -> bool:
        """Whether any was answered."""
        actor = account_of(request)
        done = self.each(
            request,
            rows,
            lambda row: corrections.answer(row, actor=actor, outcome=outcome, words=words),
            pgettext_lazy("of requests", "Answered"),
        )
        return done > 0
