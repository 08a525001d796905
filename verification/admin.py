"""Read-only lists for staff: masked, and never added, changed or deleted here."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.audit.words import DONE, STATES
from icpportal.desk.event_lines import event_line, log_change
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.readonly_list import ValuesFilter
from icpportal.fields.fields import NumberField, PlainTextField
from icpportal.fields.language_marks import comma_list, labelled, lazily_labelled
from icpportal.lifecycle import REVIEWER, MoveNotAllowed
from icpportal.privacy.actions import note_access_by
from icpportal.time_format import day_words
from verification.backdrops import actions, parcel_page
from verification.backdrops.state_labels import HAPPENED, SENTENCES, mark
from verification.models import Backdrop, BackdropStock, Consent, Document, PhoneProof


class ReadOnly(ReadOnlyAdmin):
    """A list that can only be read; rows change through actions alone."""


STATES.update({state: sentence.label for state, sentence in SENTENCES.items()})
DONE.update({move: lazily_labelled(_("Backdrop"), words) for move, words in HAPPENED.items()})


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """The state of each picture; the picture itself is shown with its order."""

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
    """Which mobiles passed the phone test; the number is masked."""

    list_display = ["asked_at", "holder", "person_key", "mobile_shown", "proved_at"]
    fields = ["holder", "person_key", "mobile_shown", "asked_at", "proved_at"]
    readonly_fields = ["mobile_shown"]
    search_fields = ["holder"]

    @admin.display(description=_("Mobile"))
    def mobile_shown(self, proof: PhoneProof) -> str:
        return proof.masked_mobile


LOOK = "look"  # sent by Enter in a text field: shows the page again with what was typed


class PostForm(forms.Form):
    """The courier and the tracking number."""

    courier = PlainTextField(label=_("Courier"), max_length=40)
    tracking = NumberField(label=_("Courier's number"), max_length=40)


class BackdropStateFilter(ValuesFilter):
    """Filters requests by state."""

    title = _("State")
    parameter_name = "state"
    values = {state: said.label for state, said in SENTENCES.items()}


@admin.register(Backdrop)
class BackdropAdmin(ReadOnly):
    """Requests for a backdrop, oldest first; the address is on the page of each row."""

    list_display = ["entered_at", "holder", "state_shown", "region_name", "courier", "tracking"]
    list_filter = [BackdropStateFilter]
    search_fields = ["=holder", "=tracking"]

    @admin.display(description=_("State"), ordering="state")
    def state_shown(self, backdrop: Backdrop) -> str:
        return str(mark(backdrop.state)["label"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Backdrop]:
        return super().get_queryset(request).defer(*actions.ADDRESS)

    def get_urls(self) -> list[URLPattern]:
        own = path("<uuid:pk>/parcel/", self.admin_site.admin_view(self.parcel), name="verification_backdrop_parcel")
        return [own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        return redirect("admin:verification_backdrop_parcel", object_id)

    def parcel(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Shows the address and the history of a request, and records the look."""
        if not request.user.has_perm("verification.post_backdrop"):
            raise PermissionDenied
        backdrop = get_object_or_404(Backdrop.objects.select_related("owner"), pk=pk)
        pressed = request.POST.get("move", "")
        form = PostForm(request.POST if pressed in ("post", LOOK) else None)
        if request.method == "POST" and pressed != LOOK and self._apply_move(request, backdrop, form):
            return redirect("admin:verification_backdrop_parcel", pk)
        note_access_by(request, what="backdrop address", reference=backdrop.holder)
        moves = [row.name for row in actions.BACKDROP.table.rows_from(backdrop.kind, backdrop.state, REVIEWER)]
        context = {
            **self.admin_site.each_context(request),
            "title": backdrop.holder,
            "opts": self.opts,
            "backdrop": backdrop,
            "state": mark(backdrop.state),
            "address": parcel_page.address(backdrop),
            "panels": parcel_page.panels(backdrop, moves, form),
            "form": form,
            "events": [
                event_line(event.at, HAPPENED[event.move], str(event.actor or ""), event.note)
                for event in backdrop.events.select_related("actor")
            ],
        }
        return TemplateResponse(request, "admin/verification/backdrop/parcel.html", context)

    def _apply_move(self, request: HttpRequest, backdrop: Backdrop, form: PostForm) -> bool:
        """Returns False when the form must be shown again with what was typed."""
        if form.is_bound and not form.is_valid():
            return False
        if form.is_bound and request.POST.get("seen", str(backdrop.version)) != str(backdrop.version):
            form.add_error(None, gettext("The details have changed. Check them again, including the address"))
            return False
        moves: dict[str, Callable[[], None]] = {
            "post": lambda: actions.post(backdrop, **form.cleaned_data, actor=account_of(request)),
            "arrive": lambda: actions.mark_delivered(backdrop, actor=account_of(request), by=REVIEWER),
            "come_back": lambda: actions.mark_returned(backdrop, actor=account_of(request)),
        }
        move = moves.get(request.POST.get("move", ""))
        if move is None:
            return True
        try:
            move()
        except actions.OutOfStock:
            return self._report_refusal(request, form, gettext("None is in stock: count them in first"))
        except MoveNotAllowed:
            backdrop.refresh_from_db()
            return self._report_refusal(request, form, gettext("Its state has changed: check it again"))
        return True

    def _report_refusal(self, request: HttpRequest, form: PostForm, why: str) -> bool:
        if not form.is_bound:
            messages.error(request, why)
            return True
        form.add_error(None, why)
        return False


class StockForm(forms.ModelForm):
    """The number in stock and the day of the next delivery, entered while others post and get back backdrops."""

    class Meta:
        model = BackdropStock
        fields = ("count", "expected_on")

    def clean_count(self) -> int:
        """The number in stock now if it was left as the page showed it; refuses another one where that is outdated."""
        typed, present = self.cleaned_data["count"], self.instance.count
        name = self.add_initial_prefix("count")
        shown = self.data.get(name, str(present))
        if str(typed) == shown:
            return int(present)
        if shown != str(present):
            self.data = dict(self.data.items()) | {name: str(present)}  # who presses again has read it
            words = gettext("The stock has become %(n)s since this page was opened: count again, then save")
            raise ValidationError(words, code="moved", params={"n": present})
        return int(typed)


@admin.register(BackdropStock)
class BackdropStockAdmin(admin.ModelAdmin):
    """The number of backdrops in stock: one row, typed in by the person who counts them."""

    form = StockForm
    lead = _(
        "How many backdrops lie here to be posted. Each one posted takes one off; with none left, no request can be"
        " posted, and applicants read the day you enter here."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BackdropStock]:
        """The only row, locked while it is changed: a parcel posted at this moment waits."""
        actions.stock()
        row = super().get_queryset(request)
        return row.select_for_update() if request.method == "POST" else row

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        """Opens the page of the only row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect("admin:verification_backdropstock_change", actions.stock().pk)

    def row_title(self, row: BackdropStock) -> str:  # noqa: ARG002 -- there is one
        return gettext("Stock of backdrops")

    def save_model(self, request: HttpRequest, obj: BackdropStock, form: forms.ModelForm, change: bool) -> None:
        """Records what was changed from which value to which; the only row has no name."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            log_change(obj, account_of(request), lambda: comma_list(_from_to(form, name) for name in form.changed_data))

    def log_change(
        self, request: HttpRequest, obj: BackdropStock, message: "str | list[dict[str, dict[str, list[str]]]]"
    ) -> LogEntry:
        """`save_model` has recorded the change."""
        return LogEntry()

    def response_change(self, request: HttpRequest, obj: BackdropStock) -> HttpResponse:
        saved = ngettext("Saved: %(n)s backdrop in stock", "Saved: %(n)s backdrops in stock", obj.count)
        self.message_user(request, saved % {"n": obj.count}, messages.SUCCESS)
        return redirect(request.path)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BackdropStock | None = None) -> bool:  # noqa: ARG002
        return False


def _from_to(form: forms.ModelForm, name: str) -> str:
    """`In stock: from 0 to 12`."""
    label = form.instance._meta.get_field(name).verbose_name
    before, after = (_stock_words(values.get(name)) for values in (form.initial, form.cleaned_data))
    return labelled(label, gettext("from %(before)s to %(after)s") % {"before": before, "after": after})


def _stock_words(value: int | date | None) -> str:
    if value is None:
        return "–"
    return day_words(value) if isinstance(value, date) else str(value)
