"""The applicant's moves: each a POST; those that close an order ask first on a page of their own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.access import confirmed_required
from icpportal.entry.fields import ChoiceField, PlainTextField
from icpportal.entry.marks import reads_chinese
from icpportal.lifecycle import APPLICANT, Forbidden
from transfers import actions, cancelling, outcomes, queries, stages, states
from transfers.firing import ORDER, overtaken
from transfers.models import Order, TypeCheck
from transfers.slips import slip
from transfers.views.access import own_order

TRIES = 5


class WithdrawForm(forms.Form):
    """Why the order is taken back (撤销原因)."""

    reason = ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    words = PlainTextField(label=_("In your words"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "zh" if reads_chinese() else "en"
        self.fields["reason"].choices = [(key, text[language]) for key, text in actions.WITHDRAW_REASONS.items()]


class AbandonForm(forms.Form):
    """Why the order is given up, if its owner wants to say so (放弃原因)."""

    words = PlainTextField(label=_("Reason"), max_length=100, required=False)


def _withdraw(order: Order, user: Any, form: forms.Form) -> Order:
    actions.withdraw(order, actor=user, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"])
    return order


def _abandon(order: Order, user: Any, form: forms.Form) -> Order:
    actions.abandon(order, actor=user, words=form.cleaned_data["words"])
    return order


def _mend(order: Order, user: Any, form: None) -> Order:
    actions.mend(order, actor=user)
    return order


def _resubmit(order: Order, user: Any, form: None) -> Order:
    actions.resubmit(order, actor=user)
    return order


def _stop(order: Order, user: Any, form: None) -> Order:
    cancelling.stop(order, actor=user)
    return order


def _start_again(order: Order, user: Any, form: None) -> Order:
    if not actions.can_start_again(order):
        raise Forbidden(f"start_again from {order.state}")
    return actions.start_again(order, actor=user)


ASKED: dict[str, tuple[type[forms.Form], str, Callable[[Order, Any, Any], Order]]] = {
    "withdraw": (WithdrawForm, "transfers/withdraw.html", _withdraw),
    "abandon": (AbandonForm, "transfers/abandon.html", _abandon),
}
DONE_AT_ONCE: dict[str, Callable[[Order, Any, Any], Order]] = {
    "mend": _mend,
    "resubmit": _resubmit,
    "stop": _stop,
    "start_again": _start_again,
}


@confirmed_required
def move(request: HttpRequest, reference: str, move: str) -> HttpResponse:
    """Do one move, or ask first; a move that is not open any more shows the order as it stands."""
    order = own_order(request, reference, kinds=states.KINDS)
    if move in ASKED:
        return _ask(request, order, move)
    if move not in DONE_AT_ONCE or request.method != "POST":
        raise Http404
    return _do(request, order, lambda: DONE_AT_ONCE[move](order, request.user, None))


def _ask(request: HttpRequest, order: Order, move: str) -> HttpResponse:
    form_class, template, act = ASKED[move]
    if not ORDER.can(order, move, APPLICANT, queries.facts_of(order)):
        return _changed(request, order)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _do(request, order, lambda: _insist(order, lambda: act(order, request.user, form)))
    context = {
        "order": order,
        "form": form,
        "slip": slip(order),
        "stepper": stages.stepper(order),
        "back_url": order.get_absolute_url(),
        "code_returned": settings.SERVICE_CODE_RETURNED,
    }
    return render(request, template, context)


def _insist(order: Order, act: Callable[[], Order]) -> Order:
    """Once more where somebody only changed the order meanwhile: what was typed holds as long as the move is open."""
    for _try in range(TRIES):
        try:
            return act()
        except Forbidden:
            if not overtaken(order):
                raise
            order.refresh_from_db()
    raise Forbidden(f"{order} is moved again and again")


def _do(request: HttpRequest, order: Order, act: Callable[[], Order]) -> HttpResponse:
    try:
        return redirect(act())
    except Forbidden:
        return _changed(request, order)
    except actions.TypeChanged:
        messages.info(request, _("The filing type may have changed since: verify it once more"))
        return redirect(_type_again(order))
    except actions.Taken:
        messages.error(request, _("An order is open for this domain or document already. Finish or abandon it first"))
        return redirect(order)


def _type_again(order: Order) -> str:
    """Step 1 with what was typed for this order, if that is still known."""
    check = TypeCheck.objects.filter(order=order).first()
    return outcomes.again_url(check) if check else reverse("verify-type")


def _changed(request: HttpRequest, order: Order) -> HttpResponse:
    messages.info(request, _("The order has moved on meanwhile. This is how it stands"))
    return redirect(order)
