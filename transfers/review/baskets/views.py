"""The baskets: their lists, taking the next order, and actions on several orders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.desk.pages import page_response
from icpportal.fields.language_marks import sign
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from transfers.models import Order
from transfers.orders import actions
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages.unreadable import build_safely
from transfers.review import leases
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.forms import QueueFilter
from transfers.review.baskets.page import FILTERS, LIST, queue_page
from transfers.review.baskets.queries import next_orders
from transfers.review.baskets.rows import Reader, basket_of
from transfers.review.staff import reviewers

TRIES = 20  # other reviewers may take the same orders
MOST = 10  # orders taken at once: each is the reviewer's for half an hour
MOVED = gettext_lazy("it has moved on")

Act = Callable[[Order, User, User], Words]  # (order, by, for) → what was done, in words


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An action on several orders of a list."""

    act: Act
    permission: str
    most: int = 200
    asks_whom: bool = False  # needs a colleague to be chosen


def reader_of(request: HttpRequest) -> Reader:
    """The reader of a list, now."""
    now = timezone.now()
    return Reader(account_of(request), now, calendar_around(now))


def queue_view(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Shows a basket; a POST acts on the picked orders."""
    if request.method == "POST":
        return _act(request, context)
    return _drawn(request, context)


def _drawn(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """The basket, with what was picked and chosen if an action was refused."""
    reader = reader_of(request)
    basket = basket_of(request.GET.get("queue", ""))
    asked = QueueFilter(request.GET, user=reader.user)
    page = queue_page(basket, reader, asked, request.GET, reference=request.GET.get("q", "").strip())
    page = replace(page, picked=request.POST.getlist("pick"), colleague=request.POST.get("to", ""))
    return page_response(request, "admin/transfers/order/queue.html", context, page)


def _act(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Takes one order, or does one thing with all picked ones; reports each result."""
    if pk := request.POST.get("take"):
        return _take_and_open(request, pk)
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None or not request.user.has_perm(chosen.permission):
        raise PermissionDenied
    picked = request.POST.getlist("pick")
    if not picked:
        messages.warning(request, _("Nothing was done: pick at least one order"))
        return _drawn(request, context)
    if len(picked) > chosen.most:
        messages.warning(request, _("Nothing was done: at most %(n)s at once") % {"n": chosen.most})
        return _drawn(request, context)
    whom = _colleague(request.POST.get("to", "")) if chosen.asks_whom else account_of(request)
    if whom is None:
        messages.warning(request, _("Nothing was done: choose a colleague"))
        return _drawn(request, context)
    orders = Order.objects.filter(pk__in=filter(None, map(_key, picked))).select_related("reviewer")
    _say(request, [(order, *_result(order, chosen.act, account_of(request), whom)) for order in orders])
    return redirect(request.get_full_path())


def _key(text: str) -> UUID | None:
    """The order's key in a POST; None for an invalid one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _result(order: Order, act: Act, user: User, whom: User) -> tuple[Words, bool]:
    """What happened to one order, and whether it was done; a failing one does not stop the others."""
    refusals = (leases.AssignedToOther, MoveNotAllowed)
    try:
        done = build_safely(order, lambda: act(order, user, whom), passing=refusals)
    except leases.AssignedToOther as refused:
        return refused.words, False
    except MoveNotAllowed:
        return MOVED, False
    return (done, True) if done else (_("it cannot be read; operations have been told"), False)


def _say(request: HttpRequest, results: list[tuple[Order, Words, bool]]) -> None:
    done = sum(is_done for _order, _words, is_done in results)
    n = len(results) - done
    heading = ngettext("%(done)s done, %(n)s not done", "%(done)s done, %(n)s not done", n) % {"done": done, "n": n}
    line = _("%(order)s: %(words)s")
    lines = [line % {"order": order.reference, "words": words} for order, words, _is_done in results]
    parts = {"heading": heading, "lines": sign("; ").join(lines)}
    say = messages.success if not n else messages.warning
    say(request, _("%(heading)s. %(lines)s") % parts if lines else heading)


def _assign_to_me(order: Order, user: User, whom: User) -> Words:
    leases.assign_to_me(order, user)
    return _("assigned to you")


def _release(order: Order, user: User, whom: User) -> Words:
    if not leases.release(order, user):
        if not is_in(order, Group.IN_REVIEW):
            raise MoveNotAllowed("nothing to release")
        raise leases.AssignedToOther(order) if leases.is_held(order) else leases.NotHeld(order)
    return _("back in the queue")


def _release_hold(order: Order, user: User, whom: User) -> Words:
    if not actions.release_hold(order, actor=user):
        raise MoveNotAllowed("no hold to release")
    return _("submitted again")


def _assign(order: Order, user: User, whom: User) -> Words:
    leases.hand_on(order, user, whom)
    return _("assigned to %(name)s") % {"name": str(whom)}


def _colleague(chosen: str) -> User | None:
    """The chosen reviewer or lead."""
    return next((each for each in reviewers() if str(each.pk) == chosen), None)


ACTS: dict[str, BulkAct] = {
    "claim": BulkAct(_assign_to_me, "transfers.review_order", MOST),
    "release": BulkAct(_release, "transfers.review_order"),
    "assign": BulkAct(_assign, "transfers.lead_review", asks_whom=True),
    "release_hold": BulkAct(_release_hold, "transfers.operate_order"),
}


def _take_and_open(request: HttpRequest, pk: str) -> HttpResponse:
    """Takes the order of a row and opens it."""
    if not request.user.has_perm("transfers.review_order"):
        raise PermissionDenied
    key = _key(pk)
    order = Order.objects.select_related("reviewer").filter(pk=key).first() if key else None
    if order is None:
        return redirect(request.get_full_path())
    try:
        leases.assign_to_me(order, account_of(request))
    except leases.AssignedToOther as refused:
        messages.error(request, str(refused.words))
        return redirect(request.get_full_path())
    except MoveNotAllowed:
        messages.error(request, _("%(order)s: it has moved on") % {"order": order.reference})
        return redirect(request.get_full_path())
    return redirect(case_url(order, request.META.get("QUERY_STRING", "")))


def next_view(request: HttpRequest) -> HttpResponse:
    """Takes the most urgent order of the reader's basket and opens it."""
    user = account_of(request)
    if request.method != "POST" or not user.has_perm("transfers.review_order"):
        raise PermissionDenied
    data = kept_list(request.POST.get("list", ""))
    order = take_next(request, data)
    if order is None:
        messages.info(request, str(nothing_free(request)))
        return redirect(list_url(data))
    return redirect(case_url(order, data.urlencode()))


def take_next(request: HttpRequest, data: QueryDict) -> Order | None:
    """Takes the most urgent free order that passes this list's filter; None when there is none."""
    reader = reader_of(request)
    asked = QueueFilter(data, user=reader.user)
    basket = basket_of(data.get("queue", ""))
    for order in next_orders(basket if basket.is_work else basket_of(""), reader, asked.orders(reader))[:TRIES]:
        try:
            leases.assign_to_me(order, reader.user, now=reader.now)
        except (leases.AssignedToOther, MoveNotAllowed):  # a colleague was first
            continue
        return order
    return None


def nothing_free(request: HttpRequest) -> str | Promise:
    """The message that no order is free, with the filter in words."""
    asked = QueueFilter(QueryDict(), user=account_of(request))
    return _("Nothing is free in your provinces") if asked.is_own else _("Nothing is free")


def kept_list(address: str) -> QueryDict:
    """The list that a page came from, read from its URL; anything else is dropped."""
    pairs = parse_qsl(urlsplit(f"?{address.lstrip('?')}").query)
    data = QueryDict(mutable=True)
    for name, value in pairs:
        if name in (*FILTERS, "queue"):
            data[name] = value
    return data


def list_url(data: QueryDict) -> str:
    """The address of a list."""
    return f"{reverse(LIST)}?{data.urlencode()}" if data else reverse(LIST)


def case_url(order: Order, address: str = "", page: str = "case") -> str:
    """The address of a case, or of another of its pages, with the list that the reader comes from."""
    case = reverse(f"admin:transfers_order_{page}", args=[order.pk])
    query = kept_list(address).urlencode()
    return f"{case}?{query}" if query else case
