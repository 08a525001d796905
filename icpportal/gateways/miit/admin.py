"""The ministry's interface at the review desk: rows to read, and what operations may do about them."""

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.entry.read_only import ReadOnlyAdmin
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import closing, downloads, holding, inbox, operations, overview, standing
from icpportal.gateways.miit.models import InboxFile, InboxState, Line, Report, ReportState, TableRow, UploadFile
from icpportal.gateways.miit.reactions import Way
from icpportal.gateways.miit.sealing import Forgotten
from icpportal.gateways.miit.types import ReportKind
from icpportal.moments import short_words, span_words
from icpportal.privacy.actions import note_access
from icpportal.privacy.crypto import Unreadable

logger = logging.getLogger(__name__)

OPERATE = "miit.operate_ministry"
SEALED = ("body", "key")
KINDS = {
    ReportKind.ACCESS: _("New access"),
    ReportKind.CANCELLATION: _("End of an access"),
    ReportKind.MATERIAL: _("Verification material"),
}


class ReadOnly(ReadOnlyAdmin):
    """Rows that are shown and never typed into; acting on them is for `miit.operate_ministry`."""

    show_full_result_count = False
    list_per_page = 50

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the account may act: `miit.operate_ministry`."""
        return request.user.has_perm(OPERATE)

    def each(self, request: HttpRequest, rows: Any, act: Callable[[Any], Any], words: str) -> None:
        """Acts on each row by itself; what was done is written down, what was left is said with its reason."""
        actor: Any = request.user
        done = 0
        for row in rows:
            try:
                act(row)
            except (Retryable, Refused) as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.WARNING)
                continue
            LogEntry.objects.log_actions(actor.pk, [row], CHANGE, words, single_object=True)
            done += 1
        if done:
            self.message_user(request, f"{words}: {done}", messages.SUCCESS)


class Contents(ReadOnly):
    """Files whose content is read on a page of its own, after saying so: the look is noted."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body")

    def get_urls(self) -> list[Any]:
        name = f"miit_{self.opts.model_name}_content"
        own = path("<int:pk>/content/", self.admin_site.admin_view(self.content_view), name=name)
        return [own, *super().get_urls()]

    def text_of(self, row: Any) -> str:
        """The content in words; may raise `Forgotten`."""
        raise NotImplementedError

    def content_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First what it is and that the look is noted, then, by a button, the content."""
        if not (self.has_operate_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=pk)
        shown = self._content(request, row) if request.method == "POST" else {}
        title = f"{self.opts.verbose_name} {row}"
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "row": row, **shown}
        response = TemplateResponse(request, "admin/miit/content.html", context)
        add_never_cache_headers(response)
        return response

    def _content(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        try:
            text = self.text_of(row)
        except Forgotten:
            return {"forgotten": True}
        except (Retryable, Unreadable) as trouble:
            logger.warning("content not shown", extra={"trouble": type(trouble).__name__, "row": row.pk})
            return {"lost": isinstance(trouble, Unreadable), "away": isinstance(trouble, Retryable)}
        what = f"ministry {self.opts.model_name}"
        note_access(actor=request.user, what=what, reference=str(row)[:80], reason=request.POST.get("reason", "")[:200])
        return {"text": text}

    @admin.display(description=_("Content"))
    def content(self, row: Any) -> str:
        """Where the content is read."""
        if not row.key:
            return gettext("Forgotten: its key was destroyed")
        address = reverse(f"admin:miit_{self.opts.model_name}_content", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Show content"))


class ParkForm(ActionForm):
    """A reason beside the choice of action, asked for when a report is parked."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """Every report, by state."""

    list_display = ("key", "state", "sequence", "kind_shown", "order", "site_number", "field", "code", "queued_at")
    list_filter = ("state", "kind")
    search_fields = ("=key", "=reference", "=site_number")
    search_help_text = _("Report, order or site number, exactly")
    fields = (
        "key", "kind_shown", "state", "sequence", "order", "site_number", "own_id", "access_id", "field", "code",
        "reason", "tries", "queued_at", "next_at", "answered_at",
    )  # fmt: skip
    actions = ("resend", "park", "unpark", "give_up")
    action_form = ParkForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        files = UploadFile.objects.defer(*SEALED).order_by("sequence")
        return super().get_queryset(request).defer("payload").prefetch_related(Prefetch("files", queryset=files))

    @admin.display(description=_("Kind"), ordering="kind")
    def kind_shown(self, report: Report) -> str:
        return str(KINDS[ReportKind(report.kind)])

    @admin.display(description=pgettext_lazy("of a file", "Number"))
    def sequence(self, report: Report) -> str:
        return ", ".join(str(file.sequence) for file in report.files.all()) or "—"

    @admin.display(description=_("Order"), ordering="reference")
    def order(self, report: Report) -> str:
        address = f"{reverse('admin:transfers_order_changelist')}?q={report.reference}"
        return format_html('<a href="{}">{}</a>', address, report.reference)

    @admin.action(description=_("Send once more"), permissions=["operate"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """The last file of each, the same bytes under the same number."""
        self.each(request, queryset, self._resend, gettext("will be sent once more"))

    def _resend(self, report: Report) -> None:
        last = next(reversed(report.files.all()), None)
        if last is None:
            raise Refused(gettext("It has no number yet."))
        operations.resend(last.sequence)

    @admin.action(description=_("Park, with a reason"), permissions=["operate"])
    def park(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Holds reports that have no number yet."""
        if reason := self._reason(request):
            self.each(request, queryset, lambda report: operations.park(report.key, reason), gettext("parked"))

    def _reason(self, request: HttpRequest) -> str:
        """What was typed beside the action; "" after saying that it is missing."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, gettext("Say why: the reason stands beside the action."), messages.ERROR)
        return reason

    @admin.action(description=_("Back to the queue"), permissions=["operate"])
    def unpark(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Lets parked reports go on."""
        self.each(request, queryset, lambda report: operations.unpark(report.key), gettext("back in the queue"))

    @admin.action(description=_("Wait no longer for the answer, with a reason"), permissions=["operate"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Lets the next report of the order go, although the authority has not answered this one."""
        if reason := self._reason(request):
            self.each(request, queryset, lambda report: operations.give_up(report.key, reason), gettext("given up"))


@admin.register(UploadFile)
class UploadFileAdmin(Contents):
    """Numbered files as they were sent."""

    list_display = ("sequence", "report", "code", "tries", "sent_at", "accepted_at", "content")
    list_select_related = ("report",)
    list_filter = (("accepted_at", admin.EmptyFieldListFilter),)
    search_fields = ("=name", "=report__key", "=report__reference")
    search_help_text = _("File, report or order, exactly")
    fields = (
        "sequence", "isp_id", "report", "name", "digest", "code", "words", "tries", "made_at", "sent_at",
        "accepted_at", "content",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadFile]:
        return super().get_queryset(request).defer("body", "report__payload")

    def text_of(self, row: UploadFile) -> str:
        return overview.in_words(overview.as_sent(row, attachments=False))


@admin.register(InboxFile)
class InboxFileAdmin(Contents):
    """What the authority sent, as it came."""

    list_display = ("name", "kind", "state", "age", "reason", "to_do", "deliveries", "damaged_at", "content")
    list_filter = ("state", "kind")
    search_fields = ("=name",)
    search_help_text = _("File, exactly")
    fields = (
        "name", "kind", "state", "reason", "to_do", "deliveries", "damaged_at", "received_at", "acknowledged_at",
        "processed_at", "content",
    )  # fmt: skip
    actions = ("read_again", "give_up", "close")

    @admin.display(description=_("Since"), ordering="received_at")
    def age(self, row: InboxFile) -> str:
        """For how long it waits; when it came where nothing is waited for."""
        since = row.damaged_at or row.processed_at or row.received_at
        came = short_words(row.received_at)
        return came if to_do_about(row) is None else f"{span_words(timezone.now() - since)} · {short_words(since)}"

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do(self, row: InboxFile) -> str:
        return str(to_do_about(row) or "—")

    @admin.action(description=_("Read again"), permissions=["operate"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Takes in parked or damaged files once more, after what they needed was put right."""
        self.each(request, queryset, _read_again, gettext("read again"))

    @admin.action(description=_("Confirm although damaged"), permissions=["operate"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Has damaged files confirmed with their next delivery, so that those behind them come."""
        words = gettext("confirmed with its next delivery")
        self.each(request, queryset, lambda row: downloads.give_up(row.name), words)

    @admin.action(description=_("Dealt with by hand"), permissions=["operate"])
    def close(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """What a person has read and done needs nobody any more."""
        self.each(request, queryset, closing.close, gettext("dealt with"))

    def text_of(self, row: InboxFile) -> str:
        return overview.as_received(row)


DAMAGED = _("Nothing: it is asked for again. “Confirm although damaged” gives it up")
LOST = _("Ask the administration for its content, then press “Dealt with by hand”")
ONLY_STORED = _("Read it, do what it asks, then press “Dealt with by hand”")
NOT_UNDERSTOOD = _("Read it. “Read again” once its cause is gone, else act by hand and press “Dealt with by hand”")


def to_do_about(row: InboxFile) -> Promise | None:
    """What a person does about a download; None when nobody has to."""
    if row.state == InboxState.PARKED:
        return LOST if row.damaged_at else ONLY_STORED if row.reason.endswith("is only stored") else NOT_UNDERSTOOD
    return DAMAGED if row.damaged_at and row.state == InboxState.STORED else None


def _read_again(row: InboxFile) -> None:
    if row.state != InboxState.PARKED and not row.damaged_at:
        raise Refused(gettext("It is not parked."))
    if not inbox.read_again(row.pk):
        raise Refused(gettext("It is still not understood."))


@admin.register(Line)
class LineAdmin(ReadOnly):
    """How it stands with the ministry."""

    list_display = (
        "provider_id", "last_sequence", "sending_stopped_at", "fetching_stopped_at", "sending_waits_until",
        "fetching_waits_until", "fetched_at",
    )  # fmt: skip
    fields = (
        "provider_id", "last_sequence",
        "sending_stopped_at", "why_sending_stopped", "to_do_sending", "sending_waits_until", "why_sending_waits",
        "fetching_stopped_at", "why_fetching_stopped", "to_do_fetching", "fetching_waits_until", "why_fetching_waits",
        "encryption_agreed_at", "sent_at", "fetched_at", "answered_at", "fetch_after", "reports", "needs",
    )  # fmt: skip
    actions = ("go_on", "go_on_sending", "go_on_fetching", "resync")

    @admin.display(description=_("Because"))
    def why_sending_stopped(self, line: Line) -> str:
        return holding.shown(line.sending_stopped_because) or "—"

    @admin.display(description=_("Because"))
    def why_fetching_stopped(self, line: Line) -> str:
        return holding.shown(line.fetching_stopped_because) or "—"

    @admin.display(description=_("Because"))
    def why_sending_waits(self, line: Line) -> str:
        return holding.shown(line.sending_waits_because) or "—"

    @admin.display(description=_("Because"))
    def why_fetching_waits(self, line: Line) -> str:
        return holding.shown(line.fetching_waits_because) or "—"

    @admin.display(description=_("Provider's id"))
    def provider_id(self, line: Line) -> str:
        return str(line.isp_id)

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do_sending(self, line: Line) -> str:
        return standing.to_do(line.sending_stopped_because) if line.sending_stopped_at else "—"

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do_fetching(self, line: Line) -> str:
        return standing.to_do(line.fetching_stopped_because) if line.fetching_stopped_at else "—"

    @admin.display(description=_("reports"))
    def reports(self, line: Line) -> str:
        counts = standing.standing().reports
        return ", ".join(f"{ReportState(state).label} {number}" for state, number in counts.items())

    @admin.display(description=_("Needs a person"))
    def needs(self, line: Line) -> str:
        return "\n".join(standing.standing().needs) or "—"

    @admin.action(description=_("Let sending and fetching go on"), permissions=["operate"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[Line]) -> None:
        """Clears every stop and every wait."""
        self.each(request, queryset, lambda line: operations.let_go_on(), gettext("goes on"))

    @admin.action(description=_("Let sending go on"), permissions=["operate"])
    def go_on_sending(self, request: HttpRequest, queryset: QuerySet[Line]) -> None:
        """Clears the stop and the wait of sending."""
        self.each(request, queryset, lambda line: operations.let_go_on(Way.SENDING), gettext("sending goes on"))

    @admin.action(description=_("Let fetching go on"), permissions=["operate"])
    def go_on_fetching(self, request: HttpRequest, queryset: QuerySet[Line]) -> None:
        """Clears the stop and the wait of fetching."""
        self.each(request, queryset, lambda line: operations.let_go_on(Way.FETCHING), gettext("fetching goes on"))

    @admin.action(description=_("Ask for the last accepted number"), permissions=["operate"])
    def resync(self, request: HttpRequest, queryset: QuerySet[Line]) -> None:
        """Takes over what the authority accepted last."""
        self.each(request, queryset, lambda line: operations.resync(), gettext("asked anew"))


@admin.register(TableRow)
class TableRowAdmin(ReadOnly):
    """The ministry's code tables."""

    list_display = ("table", "code", "name", "under", "valid", "note")
    list_filter = ("table", "valid")
    search_fields = ("=code", "name")
