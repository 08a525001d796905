"""Cancellations for cause at the review desk: one person requests by domain, another approves or declines."""

from collections.abc import Callable
from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import Website
from filings.queries import live_accesses
from icpportal.accounts.guards import account_of, proof_again
from icpportal.approvals import actions as approvals
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import ENDING
from icpportal.desk.pages import draw
from icpportal.fields.fields import DomainField
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from icpportal.privacy.actions import note_access_by
from icpportal.time_format import to_beijing
from transfers.cancellation import cause as for_cause
from transfers.cancellation.actions import BlockedByOrder
from transfers.cancellation.cause import AlreadyRequested
from transfers.cancellation.cause_page import page_of
from transfers.models import CauseCancellation
from transfers.orders.actions import AlreadyOrdered

REFUSALS: dict[type[Exception], str | Promise] = {
    BlockedByOrder: gettext_lazy("The owner has another open order: finish it first"),
    AlreadyOrdered: gettext_lazy("Another order is open for this domain or subject"),
    MoveNotAllowed: gettext_lazy("The order has changed. This is its current state"),
}
ALLOW = "allow_request"
ANSWERS: dict[str, tuple[Callable[..., None], Words]] = {
    ALLOW: (approvals.allow, gettext_lazy("Allowed: the end of the access is reported to the authority")),
    "decline_request": (approvals.decline, gettext_lazy("Declined: the access stays as it is")),
    "withdraw_request": (approvals.withdraw, gettext_lazy("Your request is withdrawn")),
}


class CauseForm(forms.ModelForm):
    """Names the website by its domain: it must have an access of ours and an owner who can be told."""

    website: Website  # found by the domain
    proof_url = ""  # where to authenticate again before requesting

    domain = DomainField(label=gettext_lazy("Domain name"))

    class Meta:
        model = CauseCancellation
        fields = ("cause", "words")
        error_messages: ClassVar[dict[str, dict[str, Words]]] = {
            "words": {"required": gettext_lazy("Enter what was found")}
        }

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
        if self.proof_url and "_check" not in self.data and not self.errors:
            words = _("Nothing is asked yet: <a {}>confirm that it is you</a> in another tab, then press Save again")
            opened = format_html('href="{}" target="_blank"', self.proof_url)
            raise ValidationError(format_html(words, opened), code="no_proof")


@admin.register(CauseCancellation)
class CauseCancellationAdmin(admin.ModelAdmin):
    """Requests are never edited: they wait or are decided."""

    form = CauseForm
    checked_words = gettext_lazy("Nothing is asked yet: Enter only checks. The entries are in order, press Save to ask")
    list_display = ("website", "cause", "asked_by", "asked_at", "decision", "decided_by", "order")
    list_filter = ("decision", "cause")
    list_select_related = ("website", "asked_by", "decided_by", "order")
    actions = None
    fields = ("domain", "cause", "words")

    def row_title(self, row: CauseCancellation) -> str:
        """The cause in words, and the day of the request in Beijing."""
        return f"{row.get_cause_display()} · {to_beijing(row.asked_at):%Y-%m-%d}"

    def has_change_permission(self, request: HttpRequest, obj: CauseCancellation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CauseCancellation | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Words] | None = None
    ) -> HttpResponse:
        """Shows one request, what would follow, and the reader's possible answers; records the look."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if request.method == "POST":
            return self._answer(request, row)
        note_access_by(request, what="cancellation for cause", reference=row.website.domain[:80])
        return draw(request, self.admin_site, page_of(row, account_of(request)))

    def _answer(self, request: HttpRequest, row: CauseCancellation) -> HttpResponse:
        """Shows the page with the outcome; whoever allows authenticates again first, then presses again."""
        move = request.POST.get("move", "")
        if move not in ANSWERS:
            raise PermissionDenied
        if move == ALLOW and (proof := proof_again(request)):
            messages.info(request, _("Nothing is done yet: confirm that it is you, then press Allow again"))
            return proof
        answer, done = ANSWERS[move]
        try:
            shown = approvals.request_shown(ENDING, row.pk, request.POST.get("request"))
            answer(shown, actor=account_of(request))
        except RequestRefused as refused:
            messages.error(request, str(refused.words))
        except tuple(REFUSALS) as refused:
            messages.error(request, str(REFUSALS[type(refused)]))
        else:
            messages.success(request, str(done))
        return redirect("admin:transfers_causecancellation_change", row.pk)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Words] | None = None
    ) -> HttpResponse:
        """Asks for authentication before anything is typed, and later without losing what was typed."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        proof = proof_again(request) if request.method == "GET" else None
        return proof or super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: CauseCancellation | None = None, change: bool = False, **kwargs: object
    ) -> type[forms.ModelForm]:
        form, proof = super().get_form(request, obj, change, **kwargs), proof_again(request)
        if issubclass(form, CauseForm):
            form.proof_url = proof["Location"] if proof else ""
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, str] | None = None,
    ) -> HttpResponse:
        """When two people ask at the same moment, shows the second one's form again with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AlreadyRequested:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def response_add(
        self, request: HttpRequest, obj: CauseCancellation, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Says what was requested, and that nothing has happened yet."""
        messages.success(request, _("Nothing is ended yet: a second person has to allow it"))
        if "_addanother" in request.POST:
            return redirect(request.path)
        return redirect("admin:transfers_causecancellation_change", obj.pk)

    def save_model(self, request: HttpRequest, obj: CauseCancellation, form: CauseForm, change: bool) -> None:
        requested = for_cause.request_cancellation(
            form.website, cause=obj.cause, words=obj.words, actor=account_of(request)
        )
        obj.pk, obj.website, obj.asked_by = requested.pk, requested.website, requested.asked_by
