"""A backdrop by post, from the documents step on: ask with an address, see where it is, say that it came."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.accounts.access import confirmed_required
from icpportal.lifecycle import APPLICANT, Forbidden
from icpportal.moments import day_words
from transfers import queries, stages, states
from transfers.backdrop_form import AddressForm, as_typed, first_guess
from transfers.models import Order
from transfers.slips import slip
from transfers.views.access import own_order
from verification.backdrops import actions
from verification.backdrops.sentences import SENTENCES, mark
from verification.backdrops.states import ON_THE_WAY, REQUESTED
from verification.models import Backdrop

WANTED_IN = (states.DRAFT, states.RETURNED, states.SUBMITTED, states.PHOTO_DUE, states.PHOTO_REVIEW)
AT_PHOTO = (states.PHOTO_DUE, states.PHOTO_REVIEW)
BACKDROP_WAY = "backdrop"
MOVES = {"arrive": actions.has_come, "call_off": actions.call_off}


def is_offered(order: Order) -> bool:
    """Whether this order's photo may be taken in front of our backdrop, and is not behind it yet."""
    reached = "administrator" in order.answers
    return reached and order.state in WANTED_IN and BACKDROP_WAY in queries.rules_of(order).photo_ways


def shown(order: Order) -> dict[str, Any]:
    """What a step says of it: where the one that was asked for is, or how to ask."""
    offered = is_offered(order)
    found, has_one = actions.standing(order.reference, order.owner) if offered else (None, False)
    return {
        "may_ask_backdrop": offered,
        "backdrop": found,
        "backdrop_state": mark(found.state) if found else None,
        "backdrop_words": SENTENCES[found.state].words if found else "",
        "has_backdrop": has_one,
        "is_before_photo": order.state not in AT_PHOTO,
    }


@confirmed_required
def backdrop(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter the address once; change it until it is posted; a second one is not sent while one is on its way."""
    order = own_order(request, reference)
    found = actions.newest(order.reference)
    if not is_offered(order) and found is None:
        raise Http404
    if found is not None and request.POST.get("do") in MOVES:
        return _moved(request, order, found)
    may_type = is_offered(order) and (found is None or found.state == REQUESTED or "again" in request.GET)
    form = _form(request, order, found) if may_type else None
    if form is not None and form.is_bound and form.is_valid():
        _kept(request, order, found, form)
        return redirect("backdrop", order.reference)
    return render(request, "transfers/backdrop.html", {**_frame(order), **shown_on_page(found), "form": form})


def _form(request: HttpRequest, order: Order, found: Backdrop | None) -> AddressForm:
    living = found is not None and found.state in ON_THE_WAY
    initial = as_typed(found) if found is not None and living else first_guess(order)
    if "show_places" in request.POST:
        return AddressForm(initial={**initial, **request.POST.dict()})
    return AddressForm(request.POST if request.method == "POST" else None, initial=initial)


def _kept(request: HttpRequest, order: Order, found: Backdrop | None, form: AddressForm) -> None:
    words = {
        "ref": order.reference,
        "domain": order.domain,
        "url": settings.PUBLIC_BASE_URL + reverse("backdrop", args=[order.reference]),
    }
    if found is None or found.state != REQUESTED:
        found = actions.ask(holder=order.reference, owner=order.owner, to=form.address, words=words)
    if not actions.change_address(found, form.address, actor=request.user):
        messages.error(request, _("It was posted meanwhile, to the address that was given before"))


def _moved(request: HttpRequest, order: Order, found: Backdrop) -> HttpResponse:
    with suppress(Forbidden):  # pressed twice, or we were quicker: the page shows where it is
        MOVES[request.POST["do"]](found, actor=request.user)
    is_there = is_offered(order) or actions.newest(order.reference) is not None
    return redirect("backdrop", order.reference) if is_there else redirect(order)


def shown_on_page(found: Backdrop | None) -> dict[str, Any]:
    """The request as its owner reads it."""
    if found is None:
        stock = actions.stock()
        late = stock.expected_on if stock.count == 0 else None
        return {"backdrop": None, "expected": day_words(late) if late else ""}
    return {
        "backdrop": found,
        "state": mark(found.state),
        "sentence": SENTENCES[found.state].words,
        "moves": [row.name for row in actions.BACKDROP.available(found, APPLICANT)],
    }


def _frame(order: Order) -> dict[str, Any]:
    at_photo = order.state in AT_PHOTO
    back = "photo" if order.state == states.PHOTO_DUE else "documents" if order.is_editable else "order"
    return {
        "order": order,
        "stepper": stages.stepper(order, stages.PHOTO if at_photo else stages.DOCUMENTS),
        "slip": slip(order),
        "back_url": reverse(back, args=[order.reference]),
    }
