"""Cancellations for cause at the review desk: one person asks by domain, another one approves or declines."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import Website
from filings.queries import live_accesses
from icpportal.entry.fields import DomainField
from icpportal.lifecycle import Forbidden
from icpportal.privacy.admin import Noted
from transfers import for_cause
from transfers.actions import Taken
from transfers.cancelling import Blocked
from transfers.for_cause import AskedBefore, SamePerson
from transfers.models import CauseCancellation

REFUSALS: dict[type[Exception], Any] = {
    SamePerson: gettext_lazy("Who asked does not decide: a second person does"),
    Blocked: gettext_lazy("Another order of the owner is open: finish it first"),
    Taken: gettext_lazy("Another order is open for this domain or subject"),
    Forbidden: gettext_lazy("The order has moved on meanwhile. This is how it stands"),
}


class CauseForm(forms.ModelForm):
    """The website is named by its domain: it must have an access of ours, and an owner who can be told."""

    domain = DomainField(label=gettext_lazy("Domain name"))

    class Meta:
        model = CauseCancellation
        fields = ("cause", "words")

    def clean_domain(self) -> str:
        domain = self.cleaned_data["domain"]
        self.website = Website.objects.filter(domain=domain, ended_at=None, owner__isnull=False).first()
        if self.website is None or not live_accesses().filter(website=self.website).exists():
            raise ValidationError(_("No website with this domain has an access of ours and an account"), code="no_site")
        if CauseCancellation.objects.filter(website=self.website, decision="").exists():
            raise ValidationError(_("A request for this website waits already"), code="asked_before")
        return domain

    def clean(self) -> Any:
        cleaned = super().clean()
        if "_check" in self.data and not self.errors:
            words = _("Nothing is asked yet: Enter only checks. The entries are in order, press Save to ask")
            raise ValidationError(words, code="only_checked")
        return cleaned


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

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        told = ("asked_by", "asked_at", "decision", "decided_by", "decided_at", "order")
        return ("website", "cause", "words", *told) if obj else ("domain", "cause", "words")

    def noted_reference(self, row: CauseCancellation) -> str:
        return row.website.domain

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("transfers.lead_review")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Two ask at the same moment: the second one's form is shown again with what it says and why."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except AskedBefore:
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: CauseCancellation, form: Any, change: bool) -> None:
        asked = for_cause.ask(form.website, cause=obj.cause, words=obj.words, actor=request.user)
        obj.pk, obj.website, obj.asked_by = asked.pk, asked.website, asked.asked_by

    @admin.action(description=gettext_lazy("End the access: report it and tell the owner"), permissions=["decide"])
    def approve_them(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, for_cause.approve)

    @admin.action(description=gettext_lazy("Decline the request"), permissions=["decide"])
    def decline_them(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, for_cause.decline)

    def _each(self, request: HttpRequest, rows: Any, act: Callable[..., bool]) -> None:
        done = 0
        for row in rows.select_related("website__subject__lead", "website__administrator", "website__owner"):
            try:
                done += act(row, actor=request.user)
            except tuple(REFUSALS) as refused:
                messages.error(request, f"{row.website}: {REFUSALS[type(refused)]}")
        messages.info(request, _("%(done)s done, %(skipped)s skipped") % {"done": done, "skipped": len(rows) - done})
