"""The calls of the desk: the list, one call, and its actions."""

from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.desk.pages import page_response
from icpportal.privacy.actions import REVIEW, note_access_by
from icpportal.time_format import to_beijing
from transfers.calls import actions
from transfers.calls.actions import CallRefused
from transfers.calls.outcomes import DROPPED
from transfers.calls.queries import UNREACHED
from transfers.calls.slots import free_slots
from transfers.models import Call, ColleagueNote
from transfers.review import leases
from transfers.review.baskets.views import case_url, reader_of
from transfers.review.calls.forms import NOTE_MAX, AttemptForm
from transfers.review.calls.page import call_page, calls_page, can_return, part_of
from transfers.review.cases import drafts
from transfers.review.cases.moves import KEEP
from transfers.review.cases.unused import ATTEMPT, own_fields

CALL, NUMBER = "call", "call number"  # names of looks in the access log


def calls_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Lists the calls to be made."""
    _judges(request)
    page = calls_page(reader_of(request), request.GET.get("after", ""))
    return page_response(request, "admin/calls/calls.html", site.each_context(request), page)


def call_view(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponse:
    """Shows one call; nothing here changes the case."""
    _judges(request)
    call = get_object_or_404(Call.objects.select_related("order__owner", "asked_by"), pk=pk)
    if request.method != "POST":
        return _page(request, site, call)
    pressed = request.POST.get("move", "")
    leases.renew(call.order, account_of(request))
    if pressed == KEEP:
        return _keep(request, call)
    if pressed == "show":
        return _page(request, site, call, _typed_form(request), is_shown=call.ended_at is None)
    if pressed == "return":
        return _return(request, site, call)
    if pressed == "drop":
        return _drop(request, site, call)
    return _attempt(request, site, call, is_meant=pressed == "attempt")


def _judges(request: HttpRequest) -> None:
    if not request.user.has_perm("transfers.review_order"):
        raise PermissionDenied


def _page(
    request: HttpRequest, site: AdminSite, call: Call, form: AttemptForm | None = None, *, is_shown: bool = False
) -> HttpResponse:
    """Draws the page and records each look, the revealed number separately."""
    for what in (CALL, NUMBER)[: 1 + is_shown]:
        note_access_by(request, what=what, reference=call.order.reference, reason=REVIEW)
    reader = reader_of(request)
    form = form or AttemptForm(
        slots=free_slots(reader.now, known=reader.known), initial=_typed_attempt(call, reader.user)
    )
    page = call_page(call, reader, form, is_shown=is_shown)
    return page_response(request, "admin/calls/call.html", site.each_context(request), page)


def _typed_form(request: HttpRequest) -> AttemptForm:
    """What is typed about an attempt, to be shown again."""
    reader = reader_of(request)
    return AttemptForm(slots=free_slots(reader.now, known=reader.known), initial=request.POST.dict())


def _typed_attempt(call: Call, user: User) -> drafts.Fields:
    """What this person typed about an attempt before they went to preview the return."""
    fields = own_fields(drafts.read(call.order, user).fields, ATTEMPT)
    return fields if fields.get("call") == str(call.pk) else {}


def _forget(call: Call, user: User) -> None:
    """Drops it once it is recorded or the call is closed."""
    fields = _typed_attempt(call, user)
    if fields:
        drafts.take_out(call.order, user, [f"{ATTEMPT}-{name}" for name in fields])


def _attempt(request: HttpRequest, site: AdminSite, call: Call, *, is_meant: bool) -> HttpResponse:
    """Records the attempt; Enter in a field only redraws the page."""
    reader = reader_of(request)
    form = AttemptForm(request.POST, slots=free_slots(reader.now, known=reader.known))
    if not form.is_valid() or not is_meant:
        return _page(request, site, call, form)
    outcome, at, words = form.result()
    try:
        actions.attempt(
            call, reader.user, outcome, seen=_version_shown(request), words=words, next_at=at, now=reader.now
        )
    except CallRefused as refused:
        messages.error(request, str(refused.words))
        return _page(request, site, call, form)
    _forget(call, reader.user)
    messages.success(request, _("The call is saved. The case and its verdicts stay as they are"))
    return redirect("admin:desk_calls") if call.ended_at else redirect("admin:desk_call", call.pk)


def _drop(request: HttpRequest, site: AdminSite, call: Call) -> HttpResponse:
    """Closes the call; what was typed as a note becomes a note to colleagues on the order."""
    user, words = account_of(request), request.POST.get("note", "").strip()[:NOTE_MAX]
    try:
        with transaction.atomic():
            actions.drop(call, user, DROPPED, seen=_version_shown(request))
            if words:
                ColleagueNote.objects.create(order=call.order, kind=ColleagueNote.NOTE, author=user, words=words)
    except CallRefused as refused:
        messages.error(request, str(refused.words))
        return _page(request, site, call, _typed_form(request))
    _forget(call, user)
    messages.success(request, _("The call is closed: nobody has to call any more"))
    return redirect("admin:desk_calls")


def _return(request: HttpRequest, site: AdminSite, call: Call) -> HttpResponse:
    """Puts the verdict into the reader's draft and leads to the preview for the applicant.

    What was typed about an attempt is kept with it.
    """
    reader = reader_of(request)
    if not can_return(call, reader):
        messages.error(request, _("Not before the time to answer is over: see what the applicant was told"))
        return _page(request, site, call, _typed_form(request))
    part = part_of(call)
    _take_in(request, call, {f"verdict.{part}": "return", f"reason.{part}": UNREACHED})
    return redirect(case_url(call.order, page="return"))


def _keep(request: HttpRequest, call: Call) -> JsonResponse:
    """The answer to the page's own saving of what is typed about an attempt."""
    _take_in(request, call, {})
    return JsonResponse({"words": _("Saved %(time)s") % {"time": f"{to_beijing(timezone.now()):%H:%M:%S}"}})


def _take_in(request: HttpRequest, call: Call, fields: drafts.Fields) -> None:
    """Keeps what is typed about an attempt, together with these fields, in the reader's draft."""
    user = account_of(request)
    typed = {f"{ATTEMPT}-{name}": request.POST.get(name, "") for name in ("outcome", "slot", "note")}
    whose = {f"{ATTEMPT}-call": str(call.pk)} if any(typed.values()) else {}
    drafts.take_in(call.order, user, {"kept": drafts.read(call.order, user).stamp, **fields, **typed, **whose})


def _version_shown(request: HttpRequest) -> int:
    """The version of the call that the page showed."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else -1
