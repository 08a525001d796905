"""A case, on the page where it is judged, and its further actions; each of its buttons is handled here."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, UUIDField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of, proof_again
from icpportal.database.prepared import CompiledQuery
from icpportal.desk.pages import page_response
from icpportal.fields.client import client_address
from icpportal.fields.types import Json
from icpportal.time_format import to_beijing
from transfers.calls.queries import with_next_call
from transfers.models import Order
from transfers.objections.queries import with_contested, with_objected
from transfers.pages.unreadable import build_safely
from transfers.review import decisions, leases
from transfers.review.baskets.views import case_url, kept_list, list_url, take_next
from transfers.review.cases import drafts
from transfers.review.cases.buttons import ACTIONS, ON_MORE, CaseAction
from transfers.review.cases.case import case_page, kept_query, lease_words, more_page, purpose_page
from transfers.review.cases.moves import KEEP, MORE_ELSEWHERE, SHOW
from transfers.review.cases.page import CasePage, UnreadablePage
from transfers.review.cases.parts.part import anchor_of
from transfers.review.cases.press import REVIEWS, NotDone, Press, carry_out, in_vain, possible_moves, use_up, work_on
from transfers.review.purposes import Purpose, note_look, purpose_of
from transfers.review.unsent_orders import opens
from transfers.second_look.queries import with_look

Context = dict[str, object]
# pages by name of the form that they draw, each of a class of its own
FormPages = Mapping[str, Callable[[HttpRequest, Order, Context, Any], HttpResponse]]


def case_view(request: HttpRequest, pk: UUID, context: Context, *, elsewhere: FormPages) -> HttpResponse:
    """Shows everything about one order; each button is a move of the order or an action of the desk.

    `elsewhere` draws forms on pages of other modules.
    """
    order = order_of(request, pk, erased=True)
    if order.is_erased:
        return _cannot_read(request, order, context)
    if request.method == "POST":
        return _act(request, order, context, elsewhere)
    shown = {**context}
    return build_safely(order, lambda: _case(request, order, shown).render()) or _cannot_read(request, order, shown)


def more_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows further actions on a case, and everything that happened to it."""
    order = order_of(request, pk)
    return _more_page(request, order, context)


def order_of(request: HttpRequest, pk: UUID, *, erased: bool = False) -> Order:
    """The order of a case that can be opened, for reviewers; an erased one only for pages that say so."""
    if not request.user.has_perm(REVIEWS):
        raise PermissionDenied
    order = CASE.first(pk=pk)
    if order is None or (order.is_erased and not erased) or not opens(order):
        raise Http404
    return order


def _case_of(pk: UUID) -> QuerySet[Order]:
    """The order with everything a case needs."""
    known = with_look(with_contested(with_next_call(Order.objects.select_related("owner", "reviewer"))))
    return decisions.with_decided(with_objected(known)).filter(pk=pk).order_by()


CASE = CompiledQuery(_case_of, pk=UUIDField())  # building the query takes as long as reading an order


def record_look(request: HttpRequest, order: Order, context: Context) -> Purpose | TemplateResponse:
    """Records the look on any request; without a purpose, returns the page that asks for one."""
    user = account_of(request)
    if purpose := purpose_of(order, user):
        note_look(request, order, purpose)
        return purpose
    page = purpose_page(order, user, kept_query(request))
    return page_response(request, "admin/transfers/case/purpose.html", context, page)


def _cannot_read(request: HttpRequest, order: Order, context: Context) -> HttpResponse:
    """The page of a case that cannot be shown: erased, or broken, which operations know."""
    page = UnreadablePage(order.reference, order.display_domain, order.entered_at, order.state, order.is_erased)
    return page_response(request, "admin/transfers/case/cannot_read.html", context, page)


def _act(request: HttpRequest, order: Order, context: Context, elsewhere: FormPages) -> HttpResponse:
    """Handles a button; everything typed is stored first."""
    user, (name, _colon, part) = account_of(request), request.POST.get("move", "").partition(":")
    button = ACTIONS.get(name)
    if button is None or not user.has_perm(f"transfers.{button.permission}"):
        raise PermissionDenied
    typed = drafts.take_in(order, user, request.POST, form=button.prefix, client=client_address(request))
    press = Press(order, user, name, button, part, typed, request.POST.get("seen", ""))
    if name == KEEP:
        work_on(order, user, typed)
        if request.headers.get("accept") == "application/json":
            return _saved_response(press)
    else:
        leases.renew(order, user)
    if proof := _proof(request, order, button):
        return proof
    form, not_done = carry_out(press)
    if not_done:
        return _not_done(request, order, not_done)
    if form is not None:
        return _draw_again(request, order, form, context, button, elsewhere)
    return _done(request, press)


def _not_done(request: HttpRequest, order: Order, why: NotDone) -> HttpResponse:
    messages.error(request, str(why.words))
    return redirect(case_url(order, _listed(request), why.page) + _place_of(why.part))


def _done(request: HttpRequest, press: Press) -> HttpResponse:
    """After it was carried out: to the page that it opens, to the case, or to the next one."""
    button = press.button
    if button.opens:
        return redirect(case_url(press.order, request.POST.get("list", ""), button.opens))
    use_up(press)
    messages.success(request, button.done_message(leases.open_decision(press.order) if button.decides else None))
    if not button.stays:
        return _go_on(request, opens_next=button.decides)
    place = _place_of(press.part) if press.name == SHOW else ""
    return redirect(case_url(press.order, _listed(request)) + place)


def _listed(request: HttpRequest) -> str:
    """The list that the reader came from, as its query string."""
    return request.POST.get("list", "") or request.META.get("QUERY_STRING", "")


def _place_of(part: str) -> str:
    """The end of an address that opens the case at this part."""
    return f"#{quote(anchor_of(part))}" if part else ""


def _proof(request: HttpRequest, order: Order, button: CaseAction) -> HttpResponse | None:
    """Redirects to authentication; what was typed is kept for the return."""
    back = case_url(order, request.POST.get("list", ""), button.page)
    proof = proof_again(request, back) if button.proof else None
    if proof:
        messages.info(request, str(button.proof))
    return proof


def _draw_again(
    request: HttpRequest, order: Order, form: forms.Form, context: Context, button: CaseAction, elsewhere: FormPages
) -> HttpResponse:
    """The page of the form, with its errors."""
    if own := elsewhere.get(button.form_name):
        return own(request, order, context, form)
    page = _more_page if button.page == ON_MORE else _case
    return page(request, order, context, **{button.form_name: form})


def _go_on(request: HttpRequest, *, opens_next: bool) -> HttpResponse:
    """After a decision opens the next case of the same list; otherwise the list."""
    data = kept_list(request.POST.get("list", ""))
    following = take_next(request, data) if opens_next else None
    return redirect(case_url(following, data.urlencode()) if following else list_url(data))


def _case(request: HttpRequest, order: Order, context: Context, **again: forms.Form) -> TemplateResponse:
    """Draws the page, for any request."""
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    page: CasePage = case_page(request, order, possible_moves(order, account_of(request)), again, purpose.shown)
    return page_response(request, "admin/transfers/case/case.html", context, page)


def _more_page(request: HttpRequest, order: Order, context: Context, **again: forms.Form) -> TemplateResponse:
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    page = more_page(request, order, again)
    return page_response(request, "admin/transfers/case/more.html", context, page)


def _saved_response(press: Press) -> JsonResponse:
    """The answer to the page's own saving. It gives the stamp only if the page shows everything."""
    typed = press.typed
    state: dict[str, Json] = {"lease": lease_words(press.order, press.user)}
    if typed.is_whole:
        state["kept"] = typed.stamp
    saved = _("Saved %(time)s") % {"time": f"{to_beijing(timezone.now()):%H:%M:%S}"}
    words = in_vain(press) or (saved if typed.is_whole else MORE_ELSEWHERE)
    return JsonResponse({**state, "words": str(words)})
