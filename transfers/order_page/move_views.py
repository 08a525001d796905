"""The applicant's moves: each is a POST; those that close an order ask first on a page of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Unpack

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Files, FormOptions, Posted, offer
from icpportal.fields.types import Words
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from transfers.cancellation import actions as cancelling
from transfers.filing_type import outcomes
from transfers.models import Order, TypeCheck
from transfers.orders import actions, queries
from transfers.orders.kinds import ALL, kind_of
from transfers.orders.machine import ORDER, has_changed
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import own_order

TRIES = 5


class WithdrawForm(forms.Form):
    """Why the order is withdrawn (撤销原因)."""

    reason = ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    words = PlainTextField(label=_("In your words"), max_length=100, required=False).called(_("text"))

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        offer(self, "reason", list(actions.WITHDRAW_REASONS.items()))


class AbandonForm(forms.Form):
    """Why the order is abandoned, optional (放弃原因)."""

    words = PlainTextField(label=_("Reason"), max_length=100, required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage(PageInOrder):
    """A page that asks before an order is closed."""

    form: forms.Form
    back_url: str
    leads: ClassVar[dict[bool, Words]]  # the consequences, by whether the service code can be used again
    lead_of_cancellation: ClassVar[Words] = ""
    lead: Words
    ends_access: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPage(AskPage):
    template: ClassVar[str] = "transfers/order_page/withdraw.html"
    leads: ClassVar[dict[bool, Words]] = {
        True: _("The order closes and its service code can be used again. You can start again with the same answers."),
        False: _(
            "The order closes, and its service code cannot be used again. "
            "You can start again with the same answers and another code."
        ),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonPage(AskPage):
    template: ClassVar[str] = "transfers/order_page/abandon.html"
    leads: ClassVar[dict[bool, Words]] = {
        True: _("The order closes and its service code can be used again."),
        False: _("The order closes, and its service code cannot be used again."),
    }
    lead_of_cancellation: ClassVar[Words] = _("Nothing is submitted, and the transfer stays in place.")


AtOnce = Callable[[Order, User], Order]
Act = Callable[[Order, User, forms.Form], Order]
# move → its function, and the form it asks first
AT_ONCE: dict[str, AtOnce] = {}
ASKED: dict[str, tuple[type[forms.Form], type[AskPage], Act]] = {}


def at_once(move: str) -> Callable[[AtOnce], AtOnce]:
    """Registers the function for the button of `move`."""

    def register(act: AtOnce) -> AtOnce:
        AT_ONCE[move] = act
        return act

    return register


def register_move_form(move: str, form: type[forms.Form], page: type[AskPage]) -> Callable[[Act], Act]:
    """Registers the function for `move`, called once its form on a page of its own is valid."""

    def register(act: Act) -> Act:
        ASKED[move] = (form, page, act)
        return act

    return register


@register_move_form("withdraw", WithdrawForm, WithdrawPage)
def _withdraw(order: Order, user: User, form: forms.Form) -> Order:
    actions.withdraw(order, actor=user, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"])
    return order


@register_move_form("abandon", AbandonForm, AbandonPage)
def _abandon(order: Order, user: User, form: forms.Form) -> Order:
    actions.abandon(order, actor=user, words=form.cleaned_data["words"])
    return order


@at_once("mend")
def _mend(order: Order, user: User) -> Order:
    actions.reopen(order, actor=user)
    return order


@at_once("resubmit")
def _resubmit(order: Order, user: User) -> Order:
    actions.resubmit(order, actor=user)
    return order


@at_once("stop")
def _stop(order: Order, user: User) -> Order:
    cancelling.stop(order, actor=user)
    return order


@at_once("start_again")
def _start_again(order: Order, user: User) -> Order:
    if not actions.can_start_again(order):
        raise MoveNotAllowed(f"start_again from {order.state}")
    return actions.start_again(order, actor=user)


@confirmed_required
def move(request: HttpRequest, reference: str, move: str) -> HttpResponse:
    """Makes a move, or asks first; a move no longer open shows the order as it is."""
    order = own_order(request, reference, kinds=ALL)
    if move in ASKED:
        return _ask(request, order, move)
    if move not in AT_ONCE or request.method != "POST":
        raise Http404
    return _do(request, order, lambda: AT_ONCE[move](order, account_of(request)))


def _ask(request: HttpRequest, order: Order, move: str) -> HttpResponse:
    form_class, page_class, act = ASKED[move]
    if not ORDER.can(order, move, APPLICANT, queries.facts_of(order)):
        return _redirect_changed(request, order)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _do(request, order, lambda: _retry_on_conflict(order, lambda: act(order, account_of(request), form)))
    page = page_class(
        frame=frame(order),
        form=form,
        back_url=order.get_absolute_url(),
        lead=_lead(order, page_class),
        ends_access=kind_of(order).ends_access,
    )
    return render_page(request, page)


def _lead(order: Order, page: type[AskPage]) -> Words:
    """The consequences, and whether the service code can be used again."""
    of_cancellation = page.lead_of_cancellation if kind_of(order).ends_access else ""
    return of_cancellation or page.leads[settings.SERVICE_CODE_RETURNED]


def _retry_on_conflict(order: Order, act: Callable[[], Order]) -> Order:
    """Tries again when the order was only changed in the meantime, as long as the move is open."""
    for _try in range(TRIES):
        try:
            return act()
        except actions.BeingDecided:
            raise
        except MoveNotAllowed:
            if not has_changed(order):
                raise
            order.refresh_from_db()
    raise MoveNotAllowed(f"{order} is moved again and again")


def _do(request: HttpRequest, order: Order, act: Callable[[], Order]) -> HttpResponse:
    try:
        return redirect(act())
    except actions.BeingDecided:
        messages.info(request, _("We are answering this order at this moment: look again in a minute"))
        return redirect(order)
    except MoveNotAllowed:
        return _redirect_changed(request, order)
    except actions.TypeChanged:
        messages.info(request, _("The filing type may have changed since: verify it once more"))
        return redirect(_type_again(order))
    except actions.AlreadyOrdered:
        messages.error(
            request, _("You already have an open order for this domain or document. Finish or abandon it first")
        )
        return redirect(order)


def _type_again(order: Order) -> str:
    """Step 1 with what was typed for this order, if that is still known."""
    check = TypeCheck.objects.filter(order=order).first()
    return outcomes.again_url(check) if check else reverse("verify-type")


def _redirect_changed(request: HttpRequest, order: Order) -> HttpResponse:
    messages.info(request, _("The order has changed. This is its current state"))
    return redirect(order)
