"""Cancellations for cause at the review desk: one person asks by domain, another one approves or declines."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import Website
from filings.queries import live_accesses
from icpportal.accounts.guards import account_of
from icpportal.fields.fields import DomainField
from icpportal.lifecycle import MoveNotAllowed
from icpportal.privacy.admin import Noted
from transfers.cancellation import cause as for_cause
from transfers.cancellation.actions import Blocked
from transfers.cancellation.cause import AlreadyRequested, SecondPersonRequired
from transfers.models import CauseCancellation
from transfers.orders.actions import AlreadyOrdered

REFUSALS: dict[type[Exception], str | Promise] = {
    SecondPersonRequired: gettext_lazy("A second person must decide: not the one who made the request"),
    Blocked: gettext_lazy("The owner has another open order: finish it first"),
    AlreadyOrdered: gettext_lazy("Another order is open for this domain or subject"),
    MoveNotAllowed: gettext_lazy("The order has changed. This is its current state"),
}


class CauseForm(forms.ModelForm):
    """The website is named by its domain: it must have an access of ours, and an owner who can be told."""

    website: Website  # found by the domain

    domain = DomainField(label=gettext_lazy("Domain name"))

    class Meta:
        model = CauseCancellation
        fields = ("cause", "words")

    def clean_domain(self) -> str:
        domain = self.cleaned_data["domain"]
        website = Website.objects.filter(domain=domain, ended_at=None, owner__isnull=False).first()
        if website is None or not live_accesses().filter(website=website).exists():
            raise ValidationError(
                _("No website with this domain has both an access with us and an account"), code="no_site"
            )
        if CauseCancellation.objects.filter(website=website, decision="").exists():
            raise ValidationError(_("A request for this website is already pending"), code="asked_before")
        self.website = website
        return domain

    def clean(self) -> None:
        super().clean()
        if "_check" in self.data and not self.errors:
            words = _("Nothing is asked yet: Enter only checks. The entries are in order, press Save to ask")
            raise ValidationError(words, code="only_checked")


@admin.register(CauseCancellation)
class CauseCancellationAdmin(Noted):
    """Requests are never edited: they wait, or they were decided."""

    noted_as = "cancellation for cause"

    form = CauseForm
    list_display = ("website", "cause", "asked_by", "asked_at", "decision", "decided_by", "order")
    list_filter = ("decision", "cause")
    list_select_related = ("website", "asked_by", "decided_by", "order")
    actions = ("approve_them", "decline_them")
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: CauseCancellation | None = None) -> tuple[str, ...]:
        told = ("asked_by", "asked_at", "decision", "decided_by", "decided_at", "order")
        return ("website", "cause", "words", *told) if obj else ("domain", "cause", "words")

    def noted_reference(self, row: CauseCancellation) -> str:
        return row.website.domain

    def has_change_permission(self, request: HttpRequest, obj: CauseCancellation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CauseCancellation | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.lead_review")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, str] | None = None,
    ) -> HttpResponse:
        """Two ask at the same moment: the second one's form is shown again with what it says and why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AlreadyRequested:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: CauseCancellation, form: CauseForm, change: bool) -> None:
        asked = for_cause.request_cancellation(
            form.website, cause=obj.cause, words=obj.words, actor=account_of(request)
        )
        obj.pk, obj.website, obj.asked_by = asked.pk, asked.website, asked.asked_by

    @admin.action(
        description=gettext_lazy("End the access: report it to the authority and notify the owner"),
        permissions=["decide"],
    )
    def approve_them(self, request: HttpRequest, queryset: QuerySet[CauseCancellation]) -> None:
        self._each(request, queryset, for_cause.approve)

    @admin.action(description=gettext_lazy("Decline the request"), permissions=["decide"])
    def decline_them(self, request: HttpRequest, queryset: QuerySet[CauseCancellation]) -> None:
        self._each(request, queryset, for_cause.decline)

    def _each(self, request: HttpRequest, rows: QuerySet[CauseCancellation], act: Callable[..., bool]) -> None:
        done = 0
        for row in rows.select_related("website__subject__lead", "website__administrator", "website__owner"):
            try:
                if act(row, actor=account_of(request)):
                    done += 1
            except tuple(REFUSALS) as refused:
                messages.error(request, f"{row.website}: {REFUSALS[type(refused)]}")
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": done, "skipped": len(rows) - done})
