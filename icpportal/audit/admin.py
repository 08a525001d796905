"""The audit chain for auditors: read-only, filtered by act, person, order and day, exported with a reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.audit.actions import append
from icpportal.audit.models import AuditEntry
from icpportal.audit.page_names import page_words
from icpportal.audit.words import ACTS, DONE, EXPORT, FROM, MOVE, REFUSED, ROLES, STATES
from icpportal.desk.event_lines import read_of_log
from icpportal.desk.readonly_list import ReadOnly, ValuesFilter
from icpportal.desk.row_actions import ReasonForm, RowActions
from icpportal.desk.sheets import csv_file
from icpportal.desk.staff import staff_of
from icpportal.fields.client import client_address
from icpportal.fields.types import Words
from icpportal.privacy.access_words import WHAT, reason_words

MOST = 10_000  # rows in a file
MOVED = ("from", "to", "as")  # what an entry says of a move
HEADINGS = ("number", "at", "who", "act", "what", "which", "reason", "from", "said", "digest")


class ActFilter(ValuesFilter):
    title = pgettext_lazy("audit", "act")
    parameter_name = "act"
    values = ACTS


class PersonFilter(admin.SimpleListFilter):
    """Lists staff only: nobody else acts at the desk, and all accounts would be too many."""

    title = pgettext_lazy("audit", "person")
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:  # noqa: ARG002 -- Django's signature
        staff = get_user_model().objects.filter(is_staff=True).order_by("pk")
        return [(str(user.pk), format_html("<bdi>{}</bdi>", user)) for user in staff]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:  # noqa: ARG002 -- same
        chosen = self.value()
        try:
            return queryset.filter(actor=UUID(chosen)) if chosen else queryset
        except ValueError:
            return queryset


class PeriodFilter(admin.SimpleListFilter):
    title = pgettext_lazy("audit", "period")
    parameter_name = "days"
    periods: ClassVar[dict[str, Words]] = {
        "1": pgettext_lazy("audit", "Last 24 hours"),
        "7": pgettext_lazy("audit", "Last 7 days"),
        "30": pgettext_lazy("audit", "Last 30 days"),
    }

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:  # noqa: ARG002 -- Django's signature
        return [(days, str(label)) for days, label in self.periods.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:  # noqa: ARG002 -- same
        days = self.value()
        return queryset.filter(at__gte=timezone.now() - timedelta(days=int(days))) if days in self.periods else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly[AuditEntry], RowActions[AuditEntry]):
    """The acts of staff, newest first."""

    list_display = ("at", "actor", "act_shown", "what_shown", "reference", "reason_shown", "client", "place")
    sortable_by = ("at", "place")
    list_filter = (ActFilter, PersonFilter, PeriodFilter)
    list_select_related = ("actor",)
    search_fields = ("=reference",)
    search_help_text = _("Order or other reference, a day (2026-11-29), or a number of the chain")
    on_page = (
        "place",
        "at",
        "actor",
        "act_shown",
        "what_shown",
        "reference",
        "reason_shown",
        "client",
        "said_shown",
        "previous",
        "digest",
    )
    actions = ("save_as_file",)
    action_form = ReasonForm

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def row_title(self, row: AuditEntry) -> str:
        """The act and its object in words: the columns, and the file, keep codes."""
        return " · ".join(filter(None, (self.act_shown(row), self.what_shown(row), row.reference)))

    def found_by(self, term: str) -> Q:
        if term.isdecimal():
            return Q(place=int(term[:18])) | Q(reference=term)
        day = _day(term)
        if day is not None:
            return Q(at__gte=day[0], at__lt=day[1])
        return Q(reference__in={term, term.upper()})

    @admin.display(description=pgettext_lazy("audit", "Act"), ordering="act")
    def act_shown(self, entry: AuditEntry) -> str:
        return str(ACTS.get(entry.act, entry.act))

    @admin.display(description=pgettext_lazy("audit", "Of what"))
    def what_shown(self, entry: AuditEntry) -> str:
        """What was looked at or done, the kind of row, or the page at which somebody was refused."""
        left = FROM % (entry.what, dict(entry.said or {}).get("from"))
        looked, done = WHAT.get(entry.what), DONE.get(left) or DONE.get(entry.what)  # both have a row for a call
        label = (done or looked if entry.act == MOVE else looked or done) or _kind(entry.what)
        if not label and entry.act == REFUSED:
            label = page_words(entry.what)
        return str(label or entry.what)

    @admin.display(description=pgettext_lazy("audit", "Reason"))
    def reason_shown(self, entry: AuditEntry) -> str:
        return str(reason_words(entry.reason)) or "—"

    @admin.display(description=pgettext_lazy("audit", "Said"))
    def said_shown(self, entry: AuditEntry) -> str:
        """What changed: from which state to which, and in which role; or the desk's description of the change."""
        said = {name: str(text) for name, text in dict(entry.said or {}).items() if name in MOVED}
        if said:
            states = " → ".join(str(STATES.get(said[name], said[name])) for name in ("from", "to") if said.get(name))
            role = said.get("as", "")
            return " · ".join(filter(None, (states, str(ROLES.get(role, role)))))
        words = dict(entry.said or {}).get("words", "")
        return read_of_log(json.dumps(words) if isinstance(words, dict) else str(words)) or "-"

    @admin.action(description=_("Save as a CSV file"), permissions=["export"])
    def save_as_file(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponse | None:
        """Exports the rows with their digests; the export is itself an entry of the chain."""
        because = self.reason(request)
        if not because:
            return None
        rows = [HEADINGS, *(_cells(entry) for entry in queryset.select_related("actor").order_by("pk")[:MOST])]
        append(
            EXPORT,
            actor=staff_of(request),
            what="audit.auditentry",
            reference=f"× {len(rows) - 1}",
            reason=because,
            client=client_address(request),
        )
        return csv_file("audit", rows)


def _kind(what: str) -> Words:
    """The name of this model's rows; "" for an unknown model."""
    try:
        return apps.get_model(what)._meta.verbose_name or ""
    except (LookupError, ValueError):
        return ""


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        str(entry.place or ""),
        entry.at.isoformat(),
        str(entry.actor or ""),
        entry.act,
        entry.what,
        entry.reference,
        entry.reason,
        entry.client,
        str(entry.said or ""),
        entry.digest,
    )


def _day(term: str) -> tuple[datetime, datetime] | None:
    """The beginning of that day in the portal's time zone, and of the next; None if it is no day of any clock."""
    try:
        begins = timezone.make_aware(datetime.strptime(term, "%Y-%m-%d"))
        return begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
