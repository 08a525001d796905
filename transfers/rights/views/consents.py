"""The consents in one's orders: which are in force, what a withdrawal does, and withdrawing."""

from dataclasses import dataclass
from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_name
from icpportal.time_format import day_words
from transfers.orders import queries
from transfers.orders.people import ROLES
from transfers.pages.frame import Page, render_page
from transfers.rights import consents
from transfers.rights.views.guards import fresh_proof_required
from verification.consents import CURRENT, TEXTS

FOLLOWS: dict[str, Words] = {
    consents.CLOSES: _("The order is closed. The pictures of all its documents are deleted, and nobody can undo that."),
    consents.WAITS: _(
        "The order is with the authority, and what we sent there cannot be called back. We record your withdrawal now."
        " If the order comes back or fails, we close it and delete its pictures. If it is approved, we keep them"
        " only as long as the privacy page says."
    ),
    consents.CHANGES_NOTHING: _(
        "The filing was approved. We keep its pictures only as long as the privacy page says. Your withdrawal is"
        " recorded, and a new order may use them only if the person agrees again."
    ),
    consents.PICTURES_GO: _("The order is over. The pictures that are still here are deleted."),
}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent: whose, in which order, since when, and where to withdraw it."""

    reference: str
    order_url: str
    domain: str
    who: str
    since: str
    ended: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsPage(Page):
    template: ClassVar[str] = "transfers/rights/consents.html"
    rows: list[ConsentRow]
    text: Words = TEXTS[CURRENT].label


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPage(Page):
    """The consequences, and the button."""

    template: ClassVar[str] = "transfers/rights/consent_withdraw.html"
    row: ConsentRow
    follows: Words


@fresh_proof_required
@require_safe
def consent_list(request: HttpRequest) -> HttpResponse:
    """Lists who agreed to what in one's orders."""
    return render_page(request, ConsentsPage(rows=[_row(given) for given in consents.of_account(account_of(request))]))


@fresh_proof_required
def withdraw(request: HttpRequest, reference: str, role: str) -> HttpResponse:
    """Shows the consequences; the POST withdraws the consent."""
    user = account_of(request)
    order = get_object_or_404(queries.orders_of(user).select_related("owner"), reference=reference)
    given = consents.consent_in_force(order, role)
    if given is None:
        raise Http404
    if request.method != "POST":
        return render_page(request, WithdrawPage(row=_row(given), follows=FOLLOWS[consents.effect(order)]))
    consents.withdraw(order, role, actor=user)
    messages.success(request, _("The consent is withdrawn"))
    return redirect(order)


def _row(given: consents.GivenConsent) -> ConsentRow:
    order = given.order
    return ConsentRow(
        reference=order.reference,
        order_url=order.get_absolute_url(),
        domain=order.display_domain,
        who=f"{mask_name(given.name)} · {ROLES[given.role]}",
        since=day_words(localdate(given.given_at), weekday=False),
        ended=day_words(localdate(given.withdrawn_at), weekday=False) if given.withdrawn_at else "",
        url="" if given.withdrawn_at else reverse("data-consent-withdraw", args=[order.reference, given.role]),
    )
