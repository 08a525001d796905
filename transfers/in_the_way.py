"""An order that has to end before another one can begin: why, in words, and the ways out that its life allows."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.lifecycle import APPLICANT
from transfers import queries, states
from transfers.buttons import PAGES
from transfers.firing import ORDER
from transfers.judging import is_over
from transfers.models import Order

TAKE_BACK = {"withdraw": _("Withdraw it"), "abandon": _("Abandon it")}
FINISH_OR_WITHDRAW = _("Order %(ref)s is open: finish or withdraw it first")
TIME_OVER = _("Order %(ref)s is being closed, because its time is over: begin again once it is")
WITH_US = _("Order %(ref)s is with our reviewers: wait for the answer, or withdraw it first")
WAIT_FOR_US = _("Order %(ref)s is with our reviewers and cannot be withdrawn now: wait for the answer")
WITH_THE_AUTHORITY = _("Order %(ref)s is with the authority and cannot be withdrawn: wait for the result")
KEEP = _("Keep the transfer")
CANCEL_BEGUN = _("Order %(ref)s cancels a transfer and was not sent yet: finish it, or keep the transfer")
CANCEL_COOLING = _("Order %(ref)s cancels a transfer and can still be stopped: stop it, or wait for the result")
CANCEL_SENT = _("Order %(ref)s cancels a transfer: wait for the result, then begin again")


def words(order: Order) -> str:
    """Why nothing else can begin now, naming the order that stands in the way."""
    return str(_sentence(order) % {"ref": order.reference})


def _sentence(order: Order) -> str | Promise:
    if is_over(order) and order.state != states.PHONE_DUE:
        return TIME_OVER
    if order.kind == states.CANCELLATION:
        return {states.DRAFT: CANCEL_BEGUN, states.COOLING_OFF: CANCEL_COOLING}.get(order.state, CANCEL_SENT)
    if order.state in states.APPLICANTS_TURN and take_back(order):
        return FINISH_OR_WITHDRAW
    if order.state in states.IN_REVIEW:
        return WITH_US if take_back(order) else WAIT_FOR_US
    return WITH_THE_AUTHORITY


def ways_out(order: Order) -> list[dict[str, Any]]:
    """The actions of `partials/action.html`: finish the order, or take it back, as its life allows."""
    if is_over(order):
        return [look(order)]
    finish = _("Finish it") if order.state in states.APPLICANTS_TURN else _("Open the order")
    page = PAGES.get(order.state)
    found = [{"label": finish, "url": page[1](order) if page else order.get_absolute_url()}]
    for move in take_back(order):
        label = KEEP if order.kind == states.CANCELLATION else TAKE_BACK[move]
        found.append({"label": label, "url": reverse("order-move", args=[order.reference, move])})
    return found


def look(order: Order) -> dict[str, Any]:
    """The action that leads to its page."""
    return {"label": _("Open the order"), "url": order.get_absolute_url()}


def take_back(order: Order) -> list[str]:
    """The moves by which its owner can end it now."""
    open_moves = {row.name for row in ORDER.available(order, APPLICANT, queries.facts_of(order))}
    return [move for move in TAKE_BACK if move in open_moves]
