"""Alarms and rows set aside at the review desk: read-only, but a row may be tried again at once."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.alarms.actions import try_again
from icpportal.alarms.causes import cause_of, detail_words
from icpportal.alarms.models import Alarm, SetAside
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.stock.moments import MomentFilter


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    """What operations must look at, newest first. The portal itself opens and clears them."""

    list_display = ["cause", "reference", "detail_shown", "times", "opened_at", "seen_at", "cleared_at"]
    list_filter = [("cleared_at", MomentFilter)]
    fields = [
        *("cause", "says", "act", "document", "reference", "detail_shown"),
        *("times", "opened_at", "seen_at", "cleared_at"),
    ]
    readonly_fields = ["says", "act", "document", "detail_shown"]
    actions = None

    @admin.display(description=pgettext_lazy("alarm", "What it means"))
    def says(self, alarm: Alarm) -> str:
        return str(cause_of(alarm.cause).says)

    @admin.display(description=pgettext_lazy("alarm", "What to do"))
    def act(self, alarm: Alarm) -> str:
        return str(cause_of(alarm.cause).act)

    @admin.display(description=pgettext_lazy("alarm", "Documented in"))
    def document(self, alarm: Alarm) -> str:
        return cause_of(alarm.cause).place

    @admin.display(description=gettext_lazy("detail"))
    def detail_shown(self, alarm: Alarm) -> str:
        return detail_words(alarm.cause, alarm.detail)


@admin.register(SetAside)
class SetAsideAdmin(ReadOnlyAdmin):
    """What a job could not do, newest first: which row, why, and the next attempt."""

    list_display = ["reference", "job", "trouble", "tries", "since", "next_at"]
    list_filter = ["job", "trouble"]
    search_fields = ["=reference"]
    actions = ["try_them_again"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("alarms.retry_setaside")

    @admin.action(description=gettext_lazy("Try again now"), permissions=["retry"])
    def try_them_again(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> None:
        self.message_user(request, _("%(n)s will be tried with the next round") % {"n": try_again(queryset)})
