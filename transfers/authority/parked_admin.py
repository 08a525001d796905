"""Parked answers at the review desk: one person proposes, another applies; or closed after acting by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.desk.row_actions import ReasonForm, RowActions
from icpportal.desk.stock.moments import MomentFilter
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.types import reference_of
from icpportal.privacy.admin import LookLoggingAdmin
from icpportal.time_format import short_words, span_words
from transfers.authority import parked, parked_proposals
from transfers.authority.parked_words import ASK_ABOUT_ORDER, KINDS, PROPOSE, SECOND_PERSON, why_parked
from transfers.authority.results import NO_ORDER
from transfers.models import ParkedAnswer

LONGEST_SHOWN = 80


@admin.register(ParkedAnswer)
class ParkedAnswerAdmin(LookLoggingAdmin, RowActions):
    """Answers of the authority that fit no order. Rows are never edited; each action is logged."""

    noted_as = "parked answer"

    list_display = (
        "says", "order", "report_key", "age", "why", "to_do", "proposed_by", "proposed_because", "applied_by",
        "closed_at",
    )  # fmt: skip
    list_filter = (("closed_at", MomentFilter),)
    list_select_related = ("proposed_by", "applied_by")
    search_fields = ("=report_key",)
    search_help_text = _("Report, exactly")
    fields = (
        "answer_shown", "order", "report_key", "code", "plain", "words", "why", "to_do", "at", "proposed_by",
        "proposed_at", "proposed_because", "applied_by", "closed_at",
    )  # fmt: skip
    actions = ("propose_them", "apply_them", "decline_them", "close_them")
    action_form = ReasonForm

    def row_name(self, row: ParkedAnswer) -> str:
        return row.report_key

    def row_title(self, row: ParkedAnswer) -> str:
        """The answer in words, and which report it is about."""
        return f"{self.answer_shown(row)} · {row.report_key}"

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.apply_parkedanswer")

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.change_parkedanswer")

    @admin.display(description=_("Answer"), ordering="kind")
    def answer_shown(self, row: ParkedAnswer) -> str:
        return str(KINDS.get(row.kind, row.kind))

    @admin.display(description=_("In plain words"))
    def plain(self, row: ParkedAnswer) -> str:
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        return plain_words(row.code)[language] if row.code else "—"

    @admin.display(description=_("What it says"), ordering="kind")
    def says(self, row: ParkedAnswer) -> str:
        """The answer, its code in plain words, and the start of the authority's text."""
        words = Truncator(row.words).chars(LONGEST_SHOWN)
        code = f"{row.code} {self.plain(row)}" if row.code else ""
        return " · ".join(filter(None, (self.answer_shown(row), code, words and f"“{words}”")))

    @admin.display(description=_("Why it is parked"), ordering="reason")
    def why(self, row: ParkedAnswer) -> str:
        return why_parked(row)

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do(self, row: ParkedAnswer) -> str:
        if row.closed_at:
            return "—"
        if row.proposed_by_id:
            return str(SECOND_PERSON)
        return str(ASK_ABOUT_ORDER if row.reason == NO_ORDER else PROPOSE)

    @admin.display(description=_("Order"))
    def order(self, row: ParkedAnswer) -> str:
        reference = reference_of(row.report_key)
        if not reference:
            return "—"
        return format_html(
            '<a href="{}?q={}">{}</a>', reverse("admin:transfers_order_changelist"), reference, reference
        )

    @admin.display(description=_("Waiting since"), ordering="at")
    def age(self, row: ParkedAnswer) -> str:
        return f"{span_words(timezone.now() - row.at)} · {short_words(row.at)}"

    @admin.action(description=_("Propose to apply, with a reason"), permissions=["apply"])
    def propose_them(self, request: HttpRequest, queryset: QuerySet[ParkedAnswer]) -> None:
        """Proposes to apply: the first of two people."""
        if because := self.reason(request):
            self.each(
                request,
                queryset,
                lambda row: parked_proposals.propose(row, actor=account_of(request), because=because),
                _("proposed to apply"),
                because=because,
            )

    @admin.action(description=_("Apply to the order, as the second person"), permissions=["apply"])
    def apply_them(self, request: HttpRequest, queryset: QuerySet[ParkedAnswer]) -> None:
        """Applies: the second of two people; the order takes the answer as if it came now."""
        self.each(request, queryset, lambda row: parked_proposals.apply(row, actor=account_of(request)), _("applied"))

    @admin.action(description=_("Decline the proposal"), permissions=["apply"])
    def decline_them(self, request: HttpRequest, queryset: QuerySet[ParkedAnswer]) -> None:
        """Declines the proposal; the answer stays parked."""
        self.each(request, queryset, parked_proposals.decline, _("declined"))

    @admin.action(description=_("Close: dealt with by hand"), permissions=["close"])
    def close_them(self, request: HttpRequest, queryset: QuerySet[ParkedAnswer]) -> None:
        """Closes without applying."""
        self.each(request, queryset, parked.close, _("closed"))
