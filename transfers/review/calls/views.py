"""The calls of the desk: the list, one call, and what is done with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import drawn
from icpportal.privacy.actions import REVIEW, note_access
from transfers.calls import actions
from transfers.calls.actions import CallRefused
from transfers.calls.outcomes import DROPPED
from transfers.calls.queries import UNREACHED
from transfers.calls.slots import offered
from transfers.models import Call
from transfers.review import leases
from transfers.review.baskets.views import case_url, reader_of
from transfers.review.calls.forms import AttemptForm
from transfers.review.calls.page import call_page, calls_page, can_return, part_of
from transfers.review.cases import drafts

CALL, NUMBER = "call", "call number"  # what a look is noted as


def calls_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What has to be rung."""
    _judges(request)
    page = calls_page(reader_of(request), request.GET.get("after", ""))
    return drawn(request, "admin/calls/calls.html", site.each_context(request), page)


def call_view(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponse:
    """One call; nothing that is pressed here touches the case."""
    _judges(request)
    call = get_object_or_404(Call.objects.select_related("order__owner", "asked_by"), pk=pk)
    if request.method != "POST":
        return _page(request, site, call)
    pressed = request.POST.get("move", "")
    leases.renew(call.order, account_of(request))
    if pressed == "show":
        reader = reader_of(request)
        typed = AttemptForm(slots=offered(reader.now, known=reader.known), initial=request.POST.dict())
        return _page(request, site, call, typed, is_shown=True)
    if pressed == "return":
        return _return(request, call)
    if pressed == "drop":
        return _drop(request, site, call)
    return _attempt(request, site, call, is_meant=pressed == "attempt")


def _judges(request: HttpRequest) -> None:
    if not request.user.has_perm("transfers.review_order"):
        raise PermissionDenied


def _page(
    request: HttpRequest, site: AdminSite, call: Call, form: AttemptForm | None = None, *, is_shown: bool = False
) -> HttpResponse:
    """The page, whatever request draws it; each look is noted, and the number apart."""
    for what in (CALL, NUMBER)[: 1 + is_shown]:
        note_access(actor=account_of(request), what=what, reference=call.order.reference, reason=REVIEW)
    page = call_page(call, reader_of(request), form, is_shown=is_shown)
    return drawn(request, "admin/calls/call.html", site.each_context(request), page)


def _attempt(request: HttpRequest, site: AdminSite, call: Call, *, is_meant: bool) -> HttpResponse:
    """Write the try down; Enter in a field only draws the page again."""
    reader = reader_of(request)
    form = AttemptForm(request.POST, slots=offered(reader.now, known=reader.known))
    if not form.is_valid() or not is_meant:
        return _page(request, site, call, form)
    outcome, at, words = form.said()
    try:
        actions.attempt(call, reader.user, outcome, seen=_seen(request), words=words, next_at=at, now=reader.now)
    except CallRefused as refused:
        messages.error(request, str(refused.words))
        return _page(request, site, call, form)
    messages.success(request, _("The call is saved. The case and its verdicts stay as they are"))
    return redirect("admin:desk_calls") if call.ended_at else redirect("admin:desk_call", call.pk)


def _drop(request: HttpRequest, site: AdminSite, call: Call) -> HttpResponse:
    try:
        actions.drop(call, account_of(request), DROPPED, seen=_seen(request))
    except CallRefused as refused:
        messages.error(request, str(refused.words))
        return _page(request, site, call)
    messages.success(request, _("The call is closed: nobody has to call any more"))
    return redirect("admin:desk_calls")


def _return(request: HttpRequest, call: Call) -> HttpResponse:
    """Put the verdict into the reader's own draft and lead to the page that shows what the applicant will read."""
    reader = reader_of(request)
    if not can_return(call, reader):
        messages.error(request, _("Not before the time to answer is over: see what the applicant was told"))
        return redirect("admin:desk_call", call.pk)
    part = part_of(call)
    kept = drafts.read(call.order, reader.user).stamp
    said = {f"verdict.{part}": "return", f"reason.{part}": UNREACHED, "kept": kept}
    drafts.take_in(call.order, reader.user, said)
    return redirect(case_url(call.order, page="return"))


def _seen(request: HttpRequest) -> int:
    """The version of the call as the page showed it."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else -1
