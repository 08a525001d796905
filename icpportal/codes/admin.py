"""Codes in the review desk: when they were sent and how often they were tried, never to whom or what."""

from django.contrib import admin
from django.http import HttpRequest

from icpportal.codes.models import Code


@admin.register(Code)
class CodeAdmin(admin.ModelAdmin):
    """A list to read: who may see it helps a caller whose code does not arrive."""

    list_display = ["id", "purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    list_filter = ["purpose", "channel"]
    ordering = ["-pk"]
    fields = ["purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    readonly_fields = ["purpose", "channel", "created_at", "expires_at", "attempts", "spent_at"]
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:  # noqa: ARG002
        return False
