"""The access log for auditors: read-only, and without the data itself."""

from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.fields.types import Words
from icpportal.privacy.access_words import WHAT, reason_words
from icpportal.privacy.actions import note_access_by
from icpportal.privacy.models import AccessNote


@admin.register(AccessNote)
class AccessNoteAdmin(ReadOnlyAdmin):
    """One row for each person, case and purpose: first look, last look, count."""

    list_display = ["at", "last_look", "times", "actor", "what_shown", "reference", "reason_shown", "client"]
    fields = ["at", "last_look", "times", "actor", "what_shown", "reference", "reason_shown", "client"]
    search_fields = ["=reference"]
    search_help_text = _("Order or other reference, exactly")
    list_select_related = ["actor"]
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Who looked at personal data"), **(extra_context or {})})

    @admin.display(description=pgettext_lazy("access", "Last look"), ordering="last_at")
    def last_look(self, note: AccessNote) -> str:
        return date_format(localtime(note.last_at or note.at), "DATETIME_FORMAT")

    @admin.display(description=pgettext_lazy("access", "What"), ordering="what")
    def what_shown(self, note: AccessNote) -> str:
        return str(WHAT.get(note.what, note.what))

    @admin.display(description=pgettext_lazy("access", "Reason"), ordering="reason")
    def reason_shown(self, note: AccessNote) -> str:
        return str(reason_words(note.reason)) or "—"


Row = TypeVar("Row", bound=Model)


class LookLoggingAdmin(admin.ModelAdmin, Generic[Row]):
    """A page behind a row with people's texts or names: any request records the look."""

    noted_as = ""

    def noted_reference(self, row: Row) -> str:
        """The row's reference in the access log."""
        return str(row)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Row | None = None,
    ) -> HttpResponse:
        if obj is not None:
            note_access_by(request, what=self.noted_as, reference=self.noted_reference(obj)[:80])
        return super().render_change_form(request, context, add, change, form_url, obj)
