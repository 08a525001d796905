"""A case: judged on one page; returned and accepted on pages of their own, which show what follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of, proof_again
from icpportal.accounts.models import User
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import REFUSE
from icpportal.approvals.queries import open_request
from icpportal.approvals.words import asked_words
from icpportal.database.prepared import CompiledQuery
from icpportal.desk.pages import page_response
from icpportal.fields.client import client_address
from icpportal.fields.types import Json
from icpportal.lifecycle import LEAD, REVIEWER, MoveNotAllowed
from icpportal.time_format import to_beijing
from transfers.calls.queries import with_next_call
from transfers.models import Order
from transfers.objections.queries import with_contested, with_objected
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.pages.unreadable import build_safely
from transfers.review import decisions, leases
from transfers.review.baskets.views import case_url, kept_list, list_url, take_next
from transfers.review.cases import drafts
from transfers.review.cases.buttons import ACTIONS, ON_MORE, CaseAction, Contradicted
from transfers.review.cases.case import case_page, decision_page, kept_query, lease_words, more_page, purpose_page
from transfers.review.cases.forms import ReturnForm
from transfers.review.cases.judgement import lacking_in
from transfers.review.cases.moves import ELSEWHERE, KEEP, MORE_ELSEWHERE, MOVED, SHOW, return_form
from transfers.review.cases.page import CasePage, UnreadablePage
from transfers.review.cases.parts.look import waits_words
from transfers.review.cases.parts.part import anchor_of
from transfers.review.purposes import Purpose, note_look, purpose_of
from transfers.review.unsent_orders import opens
from transfers.second_look.queries import LOOKED, open_look, with_look

REVIEWS = "transfers.review_order"

Context = dict[str, object]
FormPages = Mapping[str, Callable[[HttpRequest, Order, Context, forms.Form], HttpResponse]]  # pages by name of the form


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why a button did nothing, the part of the case that it is about, and the page on which to read it."""

    words: str | Promise
    part: str = ""
    page: str = "case"


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


def return_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows what the applicant will read before the order is returned."""
    order = order_of(request, pk)
    typed = drafts.read(order, account_of(request))
    form = return_form(order, typed, None)
    if not form.verdicts:
        messages.warning(request, _("Mark at least one part to return, or accept the order"))
        return redirect(case_url(order, request.META.get("QUERY_STRING", "")))
    return _return_page(request, order, form, context)


def more_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows further actions on a case, and everything that happened to it."""
    order = order_of(request, pk)
    return _more_page(request, order, context)


def accept_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows what follows before the order is accepted."""
    order = order_of(request, pk)
    if order.erased_at is not None:  # it ended long ago: nothing is left to compare
        messages.warning(request, str(moved_words(order)))
        return redirect(case_url(order, request.META.get("QUERY_STRING", "")))
    typed = drafts.read(order, account_of(request))
    page = decision_page(request, order, typed, None)
    if not (page.tally.parts and page.tally.is_whole):
        lacking = {"parts": lacking_in(order, page.tally)}
        words = _("Accepting is not open yet: %(parts)s") % lacking if page.tally.parts else str(moved_words(order))
        messages.warning(request, words)
        return redirect(case_url(order, request.META.get("QUERY_STRING", "")))
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    return page_response(request, "admin/transfers/case/accept.html", context, page)


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
    move = ACTIONS.get(name)
    if move is None or not user.has_perm(f"transfers.{move.permission}"):
        raise PermissionDenied
    typed = drafts.take_in(order, user, request.POST, form=move.prefix, client=client_address(request))
    if name == KEEP:
        _work_on(order, user, typed)
        if request.headers.get("accept") == "application/json":
            return _saved_response(request, order, typed)
    else:
        leases.renew(order, user)
    listed = request.POST.get("list", "") or request.META.get("QUERY_STRING", "")
    here = case_url(order, listed)
    if proof := _proof(request, order, move):
        return proof
    form, not_done = _carry_out(request, order, move, typed)
    if not_done:
        messages.error(request, str(not_done.words))
        return redirect(case_url(order, listed, not_done.page) + _place_of(not_done.part))
    if form is not None:
        own = elsewhere.get(move.form_name)
        return own(request, order, context, form) if own else _draw_again(request, order, form, move, context)
    if move.opens:
        return redirect(case_url(order, request.POST.get("list", ""), move.opens))
    if used := move.used_fields(typed.fields, part):
        if move.decides:
            decisions.keep_typed(order, user, {name: typed.fields[name] for name in used})
        drafts.take_out(order, user, used)
    messages.success(request, move.done_message())
    here += _place_of(part) if name == SHOW else ""
    return redirect(here) if move.stays else _go_on(request, opens_next=move.decides)


def _place_of(part: str) -> str:
    """The end of an address that opens the case at this part."""
    return f"#{quote(anchor_of(part))}" if part else ""


def _proof(request: HttpRequest, order: Order, move: CaseAction) -> HttpResponse | None:
    """Redirects to authentication; what was typed is kept for the return."""
    back = case_url(order, request.POST.get("list", ""), move.page)
    proof = proof_again(request, back) if move.proof else None
    if proof:
        messages.info(request, str(move.proof))
    return proof


def _carry_out(
    request: HttpRequest, order: Order, move: CaseAction, typed: drafts.TypedText
) -> tuple[forms.Form | None, NotDone | None]:
    """Carries it out; returns the form to be shown again and why it was not done, if so."""
    if refusal := (_refusal(request, order, typed) if move.decides else ""):
        return None, NotDone(refusal)
    try:
        return move.act(order, account_of(request), typed), None
    except Contradicted as refused:
        return None, NotDone(refused.words, refused.part, move.page)
    except (leases.AssignedToOther, RequestRefused, decisions.AlreadyDecided) as refused:
        return None, NotDone(refused.words)
    except MoveNotAllowed:
        return None, NotDone(moved_words(order))


def _draw_again(
    request: HttpRequest, order: Order, form: forms.Form, move: CaseAction, context: Context
) -> HttpResponse:
    """The page of the form, with its errors."""
    if isinstance(form, ReturnForm):
        return _return_page(request, order, form, context)
    page = _more_page if move.page == ON_MORE else _case
    return page(request, order, context, **{move.form_name: form})


def _work_on(order: Order, user: User, typed: drafts.TypedText) -> None:
    """Renews the reviewer's hold, or takes a free order that is being judged."""
    if leases.renew(order, user) or not typed.is_judged or leases.why_barred(order, user):
        return
    try:
        leases.assign_to_me(order, user)
    except (leases.AssignedToOther, MoveNotAllowed):  # somebody was first, or it is not with us any more
        return


def _go_on(request: HttpRequest, *, opens_next: bool) -> HttpResponse:
    """After a decision opens the next case of the same list; otherwise the list."""
    data = kept_list(request.POST.get("list", ""))
    following = take_next(request, data) if opens_next else None
    return redirect(case_url(following, data.urlencode()) if following else list_url(data))


def _refusal(request: HttpRequest, order: Order, typed: drafts.TypedText) -> str | Promise:
    """Refuses a decision when the order or what was typed is not as the page showed."""
    barred = leases.why_barred(order, account_of(request))
    if isinstance(barred, leases.OwnOrder):
        return barred.words
    if waiting := leases.open_decision(order):
        return leases.decided_words(waiting)
    if asked := open_request(REFUSE, order.pk):
        return asked_words(asked)
    name, look = request.POST["move"], open_look(order)
    if look and name not in LOOKED:
        return waits_words(look)
    if _has_moved(request, order) or name not in (LOOKED if look else _can(request, order)):
        return moved_words(order)
    if barred:
        return barred.words
    return "" if typed.is_whole else ELSEWHERE


def moved_words(order: Order) -> str | Promise:
    """Who moved the order, to which state, and when."""
    event = order.events.select_related("actor").order_by("-at").first()
    if event is None or event.actor is None or event.by not in (REVIEWER, LEAD):
        return MOVED
    last = order.rounds.order_by("-number").values_list("decision", flat=True).first()
    facts = {"name": str(event.actor), "time": f"{to_beijing(event.at):%H:%M}"}
    return _("%(name)s decided this order at %(time)s. This is its current state") % facts if last else MOVED


def _can(request: HttpRequest, order: Order) -> set[str]:
    if not request.user.has_perm(REVIEWS):
        return set()
    by = LEAD if request.user.has_perm("transfers.lead_review") else REVIEWER
    return {row.name for row in ORDER.available(order, by, queries.facts_of(order))}


def _case(request: HttpRequest, order: Order, context: Context, **again: forms.Form) -> TemplateResponse:
    """Draws the page, for any request."""
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    page: CasePage = case_page(request, order, _can(request, order), again, purpose.shown)
    return page_response(request, "admin/transfers/case/case.html", context, page)


def _return_page(request: HttpRequest, order: Order, form: ReturnForm, context: Context) -> TemplateResponse:
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    typed = drafts.read(order, account_of(request))
    page = decision_page(request, order, typed, form)
    return page_response(request, "admin/transfers/case/return.html", context, page)


def _more_page(request: HttpRequest, order: Order, context: Context, **again: forms.Form) -> TemplateResponse:
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    page = more_page(request, order, again)
    return page_response(request, "admin/transfers/case/more.html", context, page)


def _has_moved(request: HttpRequest, order: Order) -> bool:
    return request.POST.get("seen") != str(order.version)


def _saved_response(request: HttpRequest, order: Order, typed: drafts.TypedText) -> JsonResponse:
    """The answer to the page's own saving. It gives the stamp only if the page shows everything."""
    state: dict[str, Json] = {"lease": lease_words(order, account_of(request))}
    if typed.is_whole:
        state["kept"] = typed.stamp
    saved = _("Saved %(time)s") % {"time": f"{to_beijing(timezone.now()):%H:%M:%S}"}
    words = _in_vain(request, order, typed) or (saved if typed.is_whole else MORE_ELSEWHERE)
    return JsonResponse({**state, "words": str(words)})


def _in_vain(request: HttpRequest, order: Order, typed: drafts.TypedText) -> str | Promise:
    """Why nothing can be decided with what was saved, or "": decided already, of somebody else, or moved on."""
    if typed.is_judged and (waiting := decisions.decision_to_show(order)):
        return leases.decided_words(waiting)
    if typed.is_judged and (barred := leases.why_barred(order, account_of(request))):
        return barred.words
    return moved_words(order) if _has_moved(request, order) else ""
