"""Plain, read-only rows for staff: masked, never added, changed or deleted here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from verification.models import Consent, Document, PhoneProof


class ReadOnly(admin.ModelAdmin):
    """What is on record can be looked at. It changes through actions alone."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """Where each picture stands; the picture itself is shown beside its order."""

    list_display = ["created_at", "kind", "state", "reason", "size", "width", "height", "tries", "decided_at"]
    list_filter = ["state", "kind"]
    fields = [
        "kind",
        "holder",
        "state",
        "reason",
        "advice",
        "size",
        "width",
        "height",
        "sha256",
        "tries",
        "created_at",
        "decided_at",
        "retired_at",
    ]
    search_fields = ["holder"]


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    """Who agreed to which text, and when."""

    list_display = ["given_at", "holder", "person_key", "version", "language", "withdrawn_at"]
    list_filter = ["version", "language"]
    fields = ["holder", "person_key", "version", "language", "given_at", "withdrawn_at"]
    search_fields = ["holder"]


@admin.register(PhoneProof)
class PhoneProofAdmin(ReadOnly):
    """Which mobiles were proved alive; the number is masked."""

    list_display = ["asked_at", "holder", "person_key", "mobile_shown", "proved_at"]
    fields = ["holder", "person_key", "mobile_shown", "asked_at", "proved_at"]
    readonly_fields = ["mobile_shown"]
    search_fields = ["holder"]

    @admin.display(description=_("Mobile"))
    def mobile_shown(self, proof: PhoneProof) -> str:
        return proof.masked_mobile
