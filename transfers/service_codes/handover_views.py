"""Hands a service code over to another account (转交): offered by one with a texted code, answered by the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.codes import actions as codes
from icpportal.codes import limits
from icpportal.codes.errors import not_right, not_sent
from icpportal.codes.refusals import NotSent
from icpportal.codes.shares import Requester
from icpportal.drafts.pages import fill
from icpportal.fields.client import client_address
from icpportal.fields.components import Notice, Panel, StateMark
from icpportal.fields.types import Words
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.masks import mask_email, mask_mobile
from transfers.pages.frame import Page, render_page
from transfers.pages.service_errors import too_many
from transfers.proofs.servers import product_name
from transfers.service_codes.forms import HANDOVER_UNKNOWN, HandOverForm
from transfers.service_codes.panels import Answer, SeeCode, TakeBack
from transfers.service_codes.rows import handover_state
from transfers.service_codes.views import own_code
from verification.models import CodeHandover, HandoverState, ServiceCode
from verification.service_codes import handovers

PURPOSE = "handover"
REFUSALS = {
    handovers.SELF: _("Enter another account's email"),
    handovers.PENDING: _("This service code is offered to another account: take it back first"),
    handovers.NOT_FREE: _("Only a free code can be handed over"),
}
SAID = {
    HandoverState.OFFERED: _("Sent. Waiting for the other account to accept"),
    HandoverState.ACCEPTED: _("Accepted. Both accounts see it"),
    HandoverState.DECLINED: _("Declined. The code stays with the other account"),
    HandoverState.TAKEN_BACK: _("Taken back. The code stays with the account that offered it"),
    HandoverState.OVERTAKEN: _("This service code is no longer free: it was used or revoked"),
}
NO_LONGER_FREE = Notice("info", SAID[HandoverState.OVERTAKEN])
GIVER, TAKER = "giver", "taker"
# answer → who gives it, and its function
ANSWERS: dict[str, tuple[str, Callable[[CodeHandover], None]]] = {
    "accept": (TAKER, handovers.accept),
    "decline": (TAKER, handovers.decline),
    "take-back": (GIVER, handovers.take_back),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverPage(Page):
    """Asks for the receiving account, with a texted code."""

    template: ClassVar[str] = "transfers/service_codes/code_hand_over.html"
    form: HandOverForm
    code: ServiceCode
    product: Words
    mobile: str
    standing: codes.CodeStatus
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage(Page):
    """An offer as one of the two accounts sees it."""

    template: ClassVar[str] = "transfers/service_codes/code_offer.html"
    handover: CodeHandover
    state: StateMark
    product: Words
    giver: str
    taker: str
    notices: list[Notice]
    panels: list[Panel]
    back_url: str
    back_label: Words


@sensitive_post_parameters("sms_code")
@confirmed_required
@never_cache
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks for the receiving account, then for the code texted to the giver; sending twice makes one offer."""
    user = account_of(request)
    code = own_code(request, reference)
    refused = _refusal(code, user)
    if refused:
        _say_unless_sent(request, refused)
        return redirect("service-code", code.reference)
    form = HandOverForm(request.POST if request.method == "POST" else None, giver=user.email)
    done = None
    if form.is_valid() and "send" in request.POST:
        _text_code(request, code, form)
    elif form.is_valid():
        done = _offer(request, code, form)
    if done is not None:
        return done
    fill(request, form)
    target = form.data.get("target_account", "").strip().lower() if form.is_bound else ""
    page = HandOverPage(
        form=form,
        code=code,
        product=product_name(code.product),
        mobile=mask_mobile(user.mobile),
        standing=codes.status_of(purpose=PURPOSE, holder=_holder(code, target)),
        back_url=reverse("service-code", args=[code.reference]),
    )
    return render_page(request, page)


def _refusal(code: ServiceCode, user: User) -> str:
    """The rule that prevents an offer now; "" when it is possible."""
    if not code.is_free or code.keeper != user.customer:
        return handovers.NOT_FREE
    return handovers.PENDING if handovers.open_offer(code) else ""


def _say_unless_sent(request: HttpRequest, rule: str) -> None:
    """Ignores a second press of the button that sent it: the page shows that it was sent."""
    if request.method != "POST" or rule != handovers.PENDING:
        messages.error(request, REFUSALS[rule])


def _holder(code: ServiceCode, target: str) -> str:
    """What a texted code is bound to: this service code and this receiving account."""
    return f"{code.reference}:{blind_index('handover', target)[:32]}"


def _taker(request: HttpRequest, form: HandOverForm) -> User | None:
    """The named account, if it can use a code; each lookup is counted."""
    allowed = limits.consume("service_code_handover", str(account_of(request).pk))
    if not allowed.ok:
        form.add_error(None, too_many(allowed.until))
        return None
    found = User.objects.filter(email=form.cleaned_data["target_account"], is_active=True).first()
    if found is None or not found.confirmed:
        form.add_error("target_account", ValidationError(HANDOVER_UNKNOWN, code="handover_unknown"))
        return None
    return found


def _text_code(request: HttpRequest, code: ServiceCode, form: HandOverForm) -> None:
    user = account_of(request)
    if _taker(request, form) is None:
        return
    try:
        codes.issue(
            purpose=PURPOSE,
            holder=_holder(code, form.cleaned_data["target_account"]),
            to=codes.Destination(user.mobile, "sms", user.language),
            requester=Requester(client_address(request), str(user.pk), is_staff=user.is_staff),
        )
    except NotSent as problem:
        form.add_error(None, not_sent(problem))


def _offer(request: HttpRequest, code: ServiceCode, form: HandOverForm) -> HttpResponse | None:
    taker = _taker(request, form)
    if taker is None:
        return None
    holder = _holder(code, form.cleaned_data["target_account"])
    verdict = codes.enter(purpose=PURPOSE, holder=holder, typed=form.cleaned_data["sms_code"])
    if verdict.state != "right":
        if _refusal(code, account_of(request)) == handovers.PENDING:  # the first of two presses was first
            return redirect("service-code", code.reference)
        form.add_error("sms_code", not_right(verdict))
        return None
    try:
        handovers.offer(code, account_of(request), taker)
    except handovers.HandoverNotPossible as problem:
        messages.error(request, REFUSALS[problem.rule])
    else:
        messages.success(request, SAID[HandoverState.OFFERED])
    return redirect("service-code", code.reference)


@confirmed_required
@never_cache
@require_safe
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows a hand-over to either account, and the code to the one that has accepted it."""
    user = account_of(request)
    both = CodeHandover.objects.select_related("code", "giver", "taker")
    handover = get_object_or_404(both, Q(giver=user) | Q(taker=user), reference=reference)
    is_taker = handover.taker_id == user.pk
    page = OfferPage(
        handover=handover,
        state=handover_state(handover, is_taker=is_taker),
        product=product_name(handover.code.product),
        giver=mask_email(handover.giver.email),
        taker=mask_email(handover.taker.email),
        notices=[NO_LONGER_FREE] if handover.is_open and not handover.code.is_free else [],
        panels=_panels(handover, user, is_taker=is_taker),
        back_url=reverse("service-codes"),
        back_label=_("Service codes"),
    )
    return render_page(request, page)


def _panels(handover: CodeHandover, user: User, *, is_taker: bool) -> list[Panel]:
    """What this account can do about it, or a link to the code."""
    if handover.is_open:
        return [Answer(handover) if is_taker else TakeBack(handover)]
    return [SeeCode(handover)] if user.customer in (handover.code.account, handover.code.kept_by) else []


@confirmed_required
@require_POST
def answer(request: HttpRequest, reference: str, answer: str) -> HttpResponse:
    """Accepts, declines or takes back; a second press finds it answered."""
    if answer not in ANSWERS:
        raise Http404
    role, act = ANSWERS[answer]
    both = CodeHandover.objects.select_related("code", "giver", "taker")
    handover = get_object_or_404(both, reference=reference, **{role: account_of(request)})
    act(handover)
    messages.info(request, SAID[HandoverState(handover.state)])
    return redirect(handover)
