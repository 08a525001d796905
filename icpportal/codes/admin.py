"""Codes in the review desk: when they were sent and how often they were tried, never to whom or what."""

from django.contrib import admin

from icpportal.codes.models import Code
from icpportal.desk.readonly_admin import ReadOnlyAdmin


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin):
    """A list to read: who may see it helps a caller whose code does not arrive."""

    list_display = ["id", "purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    list_filter = ["purpose", "channel"]
    ordering = ["-pk"]
    fields = ["purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    readonly_fields = ["purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    show_full_result_count = False
    actions = None
