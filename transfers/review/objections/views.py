"""The objections of the desk: the list, one of them, the preview of the answer."""

from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import page_response
from icpportal.privacy.actions import REVIEW, note_access_by
from transfers.calls import actions as calls
from transfers.calls.people import OBJECTOR
from transfers.models import Objection
from transfers.objections import actions
from transfers.objections.queries import order_of
from transfers.review.baskets.views import reader_of
from transfers.review.objections.forms import CallForm, CloseForm
from transfers.review.objections.page import ends_of, language_of, objection_page, objections_page, preview_page, whom

OBJECTION, NUMBER = "objection", "call number"  # names of looks in the access log


def objections_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Lists the objections to answer."""
    _answers(request)
    page = objections_page(reader_of(request), request.GET.get("after", ""))
    return page_response(request, "admin/objections/objections.html", site.each_context(request), page)


def objection_view(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponse:
    """Shows one objection; it is closed from the page that previews the answer."""
    _answers(request)
    objection = get_object_or_404(Objection.objects.select_related("owner", "order__owner", "closed_by"), pk=pk)
    if request.method != "POST":
        return _page(request, site, objection)
    pressed = request.POST.get("move", "")
    if pressed == "show":
        return _page(request, site, objection, is_shown=objection.closed_at is None)
    if pressed in ("call", "look"):
        return _call(request, site, objection, is_meant=pressed == "call")
    return _close(request, site, objection, pressed)


def _answers(request: HttpRequest) -> None:
    if not request.user.has_perm("transfers.change_objection"):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    site: AdminSite,
    objection: Objection,
    *,
    form: CloseForm | None = None,
    call_form: CallForm | None = None,
    is_shown: bool = False,
) -> HttpResponse:
    """The page, whichever request draws it, with everything typed.

    Notes each look, and separately each time the number is shown.
    """
    typed, order = request.POST.dict(), order_of(objection)
    form = form or CloseForm(language=language_of(objection), results=ends_of(order), initial=typed)
    call_form = call_form or CallForm(people=whom(order), initial=typed)
    for what in (OBJECTION, NUMBER)[: 1 + is_shown]:
        note_access_by(request, what=what, reference=str(objection)[:80], reason=REVIEW)
    page = objection_page(objection, reader_of(request), form=form, call_form=call_form, is_shown=is_shown)
    return page_response(request, "admin/objections/objection.html", site.each_context(request), page)


def _call(request: HttpRequest, site: AdminSite, objection: Objection, *, is_meant: bool) -> HttpResponse:
    """Asks for a call to one of the sides; Enter in a field only draws the page again."""
    order = order_of(objection)
    form = CallForm(request.POST, people=whom(order))
    if order is None or not form.is_valid() or not is_meant:
        return _page(request, site, objection, call_form=form)
    asked = form.cleaned_data
    of = objection if asked["to"] == OBJECTOR else None
    try:
        calls.ask(order, account_of(request), role=asked["to"], about=asked["about"], objection=of)
    except calls.CallRefused as refused:
        messages.error(request, str(refused.words))
        return _page(request, site, objection, call_form=form)
    messages.success(request, _("The call is in the list of calls"))
    return _page(request, site, objection, call_form=CallForm(people=whom(order)))


def _close(request: HttpRequest, site: AdminSite, objection: Objection, pressed: str) -> HttpResponse:
    """First previews the answer; submitted from the preview, closes the objection once."""
    order = order_of(objection)
    form = CloseForm(request.POST, language=language_of(objection), results=ends_of(order))
    if objection.closed_at is not None:
        messages.error(request, actions.closed_words(objection))
        return _page(request, site, objection)
    if not form.is_valid() or pressed not in ("preview", "close"):
        return _page(request, site, objection, form=form)
    if pressed == "preview":
        asked = CallForm(people=whom(order), initial=request.POST.dict())
        page = preview_page(objection, form, asked, reverse("admin:desk_objection", args=[objection.pk]))
        return page_response(request, "admin/objections/preview.html", site.each_context(request), page)
    try:
        actions.close(objection, account_of(request), form.chosen(), form.own())
    except actions.CloseRefused as closed:
        messages.error(request, closed.words)
        return _page(request, site, objection)
    messages.success(request, _("The objection is closed, and the answer is on its way"))
    return redirect("admin:desk_objections")
