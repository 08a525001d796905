"""The ministry's interface at the review desk: its lists, and the actions of operations on their rows."""

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.desk.row_actions import ReasonForm
from icpportal.desk.staff import staff_of
from icpportal.desk.stock.moments import MomentFilter
from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.codes.return_codes import Way
from icpportal.gateways.miit.filters import KINDS, DownloadFilter, KindFilter
from icpportal.gateways.miit.incoming import download_labels as words
from icpportal.gateways.miit.incoming import downloads, inbox, parked_downloads
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.models import (
    InboxFile,
    InboxState,
    MinistryLine,
    Report,
    ReportState,
    TableRow,
    UploadFile,
)
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.operations import report_list
from icpportal.gateways.miit.operations import status as standing
from icpportal.gateways.miit.operations.admin_rows import Contents, ReadOnly
from icpportal.gateways.miit.types import ReportKind
from icpportal.time_format import short_words, span_words

SEALED = ("body", "key")


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """Reports, by state."""

    list_display = ("key", "state", "sequence", "kind_shown", "order", "site_number", "said", "goes_at", "queued_at")
    list_filter = ("state", ("kind", KindFilter))
    search_fields = ("=key", "=reference", "=site_number")
    search_help_text = _("Report, order or site number, exactly")
    fields = (
        "key", "kind_shown", "state", "sequence", "order", "site_number", "own_id", "access_id", "field", "said",
        "reason", "tries", "queued_at", "goes_at", "answered_at",
    )  # fmt: skip
    actions = ("resend", "park", "unpark", "give_up")
    action_form = ReasonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        files = UploadFile.objects.defer(*SEALED).order_by("sequence")
        return super().get_queryset(request).defer("payload").prefetch_related(Prefetch("files", queryset=files))

    @admin.display(description=_("Type"), ordering="kind")
    def kind_shown(self, report: Report) -> str:
        return str(KINDS[ReportKind(report.kind)])

    @admin.display(description=_("What the ministry said"), ordering="code")
    def said(self, report: Report) -> str:
        """The code with its meaning; for our own validation, the field."""
        if not report.code:
            return report.field or "—"
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        return f"{report.code} {plain_words(report.code, report.kind)[language]}"

    @admin.display(description=_("Goes at"), ordering="next_at")
    def goes_at(self, report: Report) -> str:
        """When it is sent, and how often it was postponed."""
        if report.state != ReportState.QUEUED:
            return "—"
        at = short_words(report.next_at)
        tries = ngettext("put off once", "put off %(n)s times", report.tries) % {"n": report.tries}
        return f"{at} · {tries}" if report.tries else at

    @admin.display(description=pgettext_lazy("of a file", "Number"))
    def sequence(self, report: Report) -> str:
        return ", ".join(str(file.sequence) for file in report.files.all()) or "—"

    @admin.display(description=_("Order"), ordering="reference")
    def order(self, report: Report) -> str:
        address = f"{reverse('admin:transfers_order_changelist')}?q={report.reference}"
        return format_html('<a href="{}">{}</a>', address, report.reference)

    @admin.action(description=_("Send once more"), permissions=["operate"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Sends the last file of each again: the same bytes under the same number."""
        self.each(request, queryset, self._resend, _("will be sent once more"))

    def _resend(self, report: Report) -> None:
        last = next(reversed(report.files.all()), None)
        if last is None:
            raise Refused(gettext("It has no number yet."))
        operations.resend(last.sequence)

    @admin.action(description=_("Park, with a reason"), permissions=["operate"])
    def park(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Holds reports that have no number yet."""
        if reason := self.reason(request):
            self.each(request, queryset, lambda report: operations.park(report.key, reason), _("parked"))

    @admin.action(description=_("Put back in the queue"), permissions=["operate"])
    def unpark(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Releases parked reports."""
        done = pgettext("report", "back in the queue")
        self.each(request, queryset, lambda report: operations.unpark(report.key), done)

    @admin.action(description=_("Wait no longer for the answer, with a reason"), permissions=["operate"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Lets the next report of the order go, although the authority has not answered this one."""
        if reason := self.reason(request):
            self.each(request, queryset, lambda report: operations.give_up(report.key, reason), _("given up"))


@admin.register(UploadFile)
class UploadFileAdmin(Contents):
    """Numbered files as sent."""

    list_display = ("sequence", "report", "code", "tries", "sent_at", "accepted_at", "content")
    list_select_related = ("report",)
    list_filter = (("accepted_at", MomentFilter),)
    search_fields = ("=name", "=report__key", "=report__reference")
    search_help_text = _("File, report or order, exactly")
    fields = (
        "sequence", "isp_id", "report", "name", "digest", "code", "words", "tries", "made_at", "sent_at",
        "accepted_at", "content",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadFile]:
        return super().get_queryset(request).defer("body", "report__payload")

    def text_of(self, row: UploadFile) -> str:
        return report_list.in_words(report_list.as_sent(row, attachments=False))


@admin.register(InboxFile)
class InboxFileAdmin(Contents):
    """Files from the authority as received."""

    list_display = ("name", "kind", "state", "age", "why", "to_do", "content")
    list_filter = ("state", DownloadFilter)
    search_fields = ("=name",)
    search_help_text = _("File, exactly")
    fields = (
        "name", "kind", "state", "why", "to_do", "deliveries", "damaged_at", "received_at", "acknowledged_at",
        "processed_at", "proposed_by", "proposed_at", "proposed_because", "closed_by", "content",
    )  # fmt: skip
    actions = ("read_again", "give_up", "propose_closing", "confirm_closing", "decline_closing")
    action_form = ReasonForm
    list_select_related = ("proposed_by", "closed_by")

    @admin.display(description=pgettext_lazy("download", "Since"), ordering="received_at")
    def age(self, row: InboxFile) -> str:
        """How long it has waited; when it came, if nothing is waited for."""
        since = row.damaged_at or row.processed_at or row.received_at
        came = short_words(row.received_at)
        return f"{span_words(timezone.now() - since)} · {short_words(since)}" if words.needs_a_person(row) else came

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do(self, row: InboxFile) -> str:
        return words.to_do(row)

    @admin.display(description=_("Reason"), ordering="reason")
    def why(self, row: InboxFile) -> str:
        return words.why(row)

    @admin.action(description=_("Read again"), permissions=["operate"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Processes parked or damaged files again, after their cause was fixed."""
        self.each(request, queryset, _read_again, _("read again"))

    @admin.action(description=_("Confirm although damaged"), permissions=["operate"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Has damaged files confirmed with their next delivery, so that those behind them come."""
        done = _("confirmed with its next delivery")
        self.each(request, queryset, lambda row: downloads.give_up(row.name), done)

    @admin.action(description=_("Dealt with by hand: ask to close, with a reason"), permissions=["operate"])
    def propose_closing(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Proposes to close: the first of two people."""
        if because := self.reason(request):
            self.each(
                request,
                queryset,
                lambda row: parked_downloads.propose(row, actor=staff_of(request), because=because),
                _("asked to close"),
                because=because,
            )

    @admin.action(description=_("Close, as the second person"), permissions=["operate"])
    def confirm_closing(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """Closes: the second of two people; the content is deleted at the end of its retention."""
        self.each(request, queryset, lambda row: parked_downloads.confirm(row, actor=staff_of(request)), _("closed"))

    @admin.action(description=_("Decline to close"), permissions=["operate"])
    def decline_closing(self, request: HttpRequest, queryset: QuerySet[InboxFile]) -> None:
        """The download stays parked."""
        self.each(request, queryset, parked_downloads.decline, _("declined"))

    def text_of(self, row: InboxFile) -> str:
        return report_list.as_received(row)


def _read_again(row: InboxFile) -> None:
    if row.state != InboxState.PARKED and not row.damaged_at:
        raise Refused(gettext("It is not parked."))
    if not inbox.read_again(row.pk):
        raise Refused(gettext("It still cannot be read."))


@admin.register(MinistryLine)
class LineAdmin(ReadOnly):
    """The state of the line to the ministry."""

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

    @admin.display(description=_("Reason"))
    def why_sending_stopped(self, line: MinistryLine) -> str:
        return line_state.translated_reason(line.sending_stopped_because) or "—"

    @admin.display(description=_("Reason"))
    def why_fetching_stopped(self, line: MinistryLine) -> str:
        return line_state.translated_reason(line.fetching_stopped_because) or "—"

    @admin.display(description=_("Reason"))
    def why_sending_waits(self, line: MinistryLine) -> str:
        return line_state.translated_reason(line.sending_waits_because) or "—"

    @admin.display(description=_("Reason"))
    def why_fetching_waits(self, line: MinistryLine) -> str:
        return line_state.translated_reason(line.fetching_waits_because) or "—"

    @admin.display(description=_("Provider's id"))
    def provider_id(self, line: MinistryLine) -> str:
        return str(line.isp_id)

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do_sending(self, line: MinistryLine) -> str:
        return standing.to_do(line.sending_stopped_because) if line.sending_stopped_at else "—"

    @admin.display(description=pgettext_lazy("ministry", "What to do"))
    def to_do_fetching(self, line: MinistryLine) -> str:
        return standing.to_do(line.fetching_stopped_because) if line.fetching_stopped_at else "—"

    @admin.display(description=_("reports"))
    def reports(self, line: MinistryLine) -> str:
        counts = _status(line).reports
        return ", ".join(f"{ReportState(state).label} {number}" for state, number in counts.items())

    @admin.display(description=_("Needs manual handling"))
    def needs(self, line: MinistryLine) -> str:
        return "\n".join(_status(line).needs) or "—"

    @admin.action(description=_("Let sending and fetching go on"), permissions=["operate"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[MinistryLine]) -> None:
        """Clears every stop and every wait."""
        self.each(request, queryset, lambda line: operations.resume(), _("resumed"))

    @admin.action(description=_("Let sending go on"), permissions=["operate"])
    def go_on_sending(self, request: HttpRequest, queryset: QuerySet[MinistryLine]) -> None:
        """Clears the stop and the wait of sending."""
        self.each(request, queryset, lambda line: operations.resume(Way.SENDING), _("sending resumed"))

    @admin.action(description=_("Let fetching go on"), permissions=["operate"])
    def go_on_fetching(self, request: HttpRequest, queryset: QuerySet[MinistryLine]) -> None:
        """Clears the stop and the wait of fetching."""
        self.each(request, queryset, lambda line: operations.resume(Way.FETCHING), _("fetching resumed"))

    @admin.action(description=_("Ask for the last accepted number"), permissions=["operate"])
    def resync(self, request: HttpRequest, queryset: QuerySet[MinistryLine]) -> None:
        """Reconciles with what the authority accepted last."""
        self.each(request, queryset, lambda line: operations.resync(), _("asked again"))


def _status(line: MinistryLine) -> standing.InterfaceStatus:
    """The present state, read once for a page."""
    found: standing.InterfaceStatus | None = getattr(line, "status_shown", None)
    if found is None:
        found = standing.interface_status()
        line.status_shown = found  # type: ignore[attr-defined]
    return found


@admin.register(TableRow)
class TableRowAdmin(ReadOnly):
    """The ministry's code tables."""

    list_display = ("table", "code", "name", "under", "valid", "note")
    list_filter = ("table", "valid")
    search_fields = ("=code", "name")
