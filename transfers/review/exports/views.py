"""The page where a lead exports a list or asks a second person, and where that person answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of, proof_again
from icpportal.accounts.models import User
from icpportal.desk.pages import DeskPage, draw
from icpportal.fields.client import client_address
from icpportal.fields.language_marks import comma_list
from icpportal.fields.types import Words
from transfers.models import ListExport, Order
from transfers.review.exports import actions, columns
from transfers.review.exports.forms import FILES, ExportForm
from transfers.review.exports.selection import MOST, Selection, count, selection

ALLOW, DECLINE, WITHDRAW = "allow", "decline", "withdraw"
SAID: dict[str, Words] = {
    ALLOW: gettext_lazy("The list is allowed"),
    DECLINE: gettext_lazy("The list is declined"),
    WITHDRAW: gettext_lazy("Your request is withdrawn"),
}


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One requested list."""

    pk: int
    words: str
    rows: int
    because: str
    who: str
    until: datetime
    can_fetch: bool
    is_declined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage(DeskPage):
    """The variables of `admin/exports/export.html`."""

    template: ClassVar[str] = "admin/exports/export.html"

    words: str
    rows: int
    most: int
    alone: int
    needs_second: bool
    can_ask: bool
    query: str
    names: str
    form: ExportForm
    mine: list[ExportRow]
    waiting: list[ExportRow]


def export(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows what the list contains, and the form; a POST exports it, or asks a second person."""
    user = _lead(request)
    if (proof := proof_again(request)) is not None:
        return proof
    chosen = selection(request.GET, user, timezone.now())
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _ask_for_file(request, chosen, user, form)
    return draw(request, site, _page(chosen, user, form))


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Records the second person's answer, or that the person who asked withdraws the request."""
    user, found = _lead(request), get_object_or_404(ListExport, pk=pk)
    said = request.POST.get("answer", "")
    try:
        if said == WITHDRAW:
            actions.withdraw(found, actor=user)
        else:
            actions.answer(found, actor=user, granted=said == ALLOW, client=client_address(request))
    except actions.ExportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(SAID.get(said, SAID[DECLINE])))
    return redirect("admin:desk_export")


def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Serves the file of an allowed list, once."""
    user = _lead(request)
    found = get_object_or_404(ListExport, pk=pk, asked_by=user)
    if (proof := proof_again(request, reverse("admin:desk_export"))) is not None:
        return proof
    return _file(request, found, user)


def _ask_for_file(request: HttpRequest, chosen: Selection, user: User, form: ExportForm) -> HttpResponse:
    """The file at once, or the page with what happens next."""
    try:
        export = actions.ask(
            chosen, actor=user, because=form.cleaned_data["because"], file_type=form.cleaned_data["file_type"]
        )
    except actions.ExportRefused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('admin:desk_export')}?{chosen.query}")
    if export.is_granted:
        return _file(request, export, user)
    messages.success(request, _("Another lead must allow this list. You can then fetch it here"))
    return redirect(f"{reverse('admin:desk_export')}?{chosen.query}")


def _file(request: HttpRequest, export: ListExport, user: User) -> HttpResponse:
    """The file, which counts as fetched only when it could be written."""
    orders = Order.objects.filter(pk__in=export.keys).select_related("owner", "reviewer").order_by("entered_at", "pk")
    try:
        with transaction.atomic():
            actions.fetch(export, actor=user, client=client_address(request))
            return FILES[export.file_type](f"orders-{export.pk}", [columns.head(), *columns.rows(orders)])
    except actions.ExportRefused as refused:
        messages.error(request, str(refused))
        return redirect("admin:desk_export")


def _page(chosen: Selection, user: User, form: ExportForm) -> ExportPage:
    now, rows = timezone.now(), count(chosen.orders)
    waiting = actions.waiting(now).exclude(asked_by=user).select_related("asked_by")
    return ExportPage(
        title=_("Export a list"),
        words=chosen.words,
        rows=min(rows, MOST),
        most=MOST,
        alone=actions.ALONE,
        needs_second=rows > actions.ALONE,
        can_ask=0 < rows <= MOST,
        query=chosen.query,
        names=comma_list(column.name for column in columns.COLUMNS),
        form=form,
        mine=[_export_row(each, each.answered_by) for each in actions.unfetched_requests(user, now)],
        waiting=[_export_row(each, each.asked_by) for each in waiting],
    )


def _export_row(export: ListExport, who: User | None) -> ExportRow:
    """`who` is the other one of the two people."""
    return ExportRow(
        pk=export.pk,
        words=export.words.get(get_language() or "") or export.query,
        rows=export.rows,
        because=export.because,
        who=who.get_short_name() if who else "",
        until=export.expires_at,
        can_fetch=export.is_granted,
        is_declined=export.answered_at is not None and not export.is_granted,
    )


def _lead(request: HttpRequest) -> User:
    if not request.user.has_perm("transfers.lead_review"):
        raise PermissionDenied
    return account_of(request)
