"""Alarms at the review desk: read only."""

from django.contrib import admin
from django.http import HttpRequest

from icpportal.alarms.models import Alarm


@admin.register(Alarm)
class AlarmAdmin(admin.ModelAdmin):
    """What operations must look at, the newest first. The portal opens and clears them itself."""

    list_display = ["cause", "reference", "detail", "times", "opened_at", "seen_at", "cleared_at"]
    list_filter = [("cleared_at", admin.EmptyFieldListFilter)]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Alarm | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Alarm | None = None) -> bool:
        return False
