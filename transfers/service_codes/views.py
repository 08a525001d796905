"""The pages of service codes (备案服务号): list of servers and codes, apply, view, revoke."""

from dataclasses import dataclass
from typing import ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from icpportal.accounts.customers import addresses
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.fields.components import Link, Notice, Panel
from icpportal.fields.types import Words
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.request_budget import request_budget
from transfers.pages.frame import Page, render_page
from transfers.pages.service_errors import too_many
from transfers.proofs.servers import product_name
from transfers.service_codes.forms import ApplyForm, RevokeForm
from transfers.service_codes.panels import CodeList, Down, NoServer, Offers, Servers
from transfers.service_codes.rows import CodeRow, code_rows, server_row
from verification.models import CodeHandover, ServiceCode, ServiceCodeState
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers, listing, usability

PAGE = 20
INVENTORY_DOWN = _("The server list is unavailable: try again later")
CHANGED = _("A service code of this server was just used for an order. These are left")
OWN_CODES = _("Your service codes")
NOT_LISTED = _("Servers that are not in your list")
NOT_REVOKED = {
    ServiceCodeState.USED: _("This service code is used by a website and cannot be revoked"),
    ServiceCodeState.BOUND: _("This service code is used in an order: abandon the order first, or keep the code"),
    ServiceCodeState.FREE: _("This service code was handed over: only the other account can revoke it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage(Page):
    """Servers and their service codes."""

    template: ClassVar[str] = "transfers/service_codes/codes.html"
    panels: list[Panel]
    back_url: str
    back_label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyPage(Page):
    """How many codes are left for a server."""

    template: ClassVar[str] = "transfers/service_codes/code_apply.html"
    form: ApplyForm
    server: listing.Server
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(Page):
    """One code in full, to copy."""

    template: ClassVar[str] = "transfers/service_codes/code.html"
    row: CodeRow
    product: Words
    notices: list[Notice]
    back_url: str
    back_label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePage(Page):
    """Asks before a free code becomes unusable."""

    template: ClassVar[str] = "transfers/service_codes/code_revoke.html"
    form: RevokeForm
    code: ServiceCode
    back_url: str


@confirmed_required
@never_cache
@require_safe
def codes_page(request: HttpRequest) -> HttpResponse:
    """Lists every server with its codes or the rule it fails, and hand-overs that wait for an answer."""
    user = account_of(request)
    page = CodesPage(
        panels=_panels(user, _instances(user), _begin(request)),
        back_url=reverse("dashboard"),
        back_label=_("My filings"),
    )
    return render_page(request, page)


def _panels(user: User, instances: list[Instance] | None, begin: int) -> list[Panel]:
    """From the server at `begin` on; codes without a listed server are on the first page only."""
    listed = instances or []
    servers = listing.servers(listed[begin : begin + PAGE], user.customer)
    offers = listing.open_offers(user.pk)
    handed = [] if begin else list(listing.handed_to(user.customer))
    unlisted = [] if begin else list(listing.of_servers_not_listed(user.customer, [each.id for each in listed]))
    own = [code for server in servers for code in server.codes]
    rows = {row.code.pk: row for row in code_rows([*own, *handed, *unlisted], user.customer, user, offers)}
    found = [server_row(server, [rows[code.pk] for code in server.codes]) for server in servers]
    return [
        *_offers([each for each in offers if each.taker_id == user.pk]),
        *([Down()] if instances is None else []),
        *_code_list("handed", _("Handed over to you"), [rows[code.pk] for code in handed]),
        *([Servers(found, *_other_pages(begin, len(listed)))] if found else []),
        *([NoServer()] if instances is not None and not found else []),
        *_code_list("gone", OWN_CODES if instances is None else NOT_LISTED, [rows[code.pk] for code in unlisted]),
    ]


def _other_pages(begin: int, servers: int) -> tuple[str, str]:
    """The addresses of the next servers and of those before; "" where there are none."""
    return (
        f"?from={begin + PAGE}" if begin + PAGE < servers else "",
        f"?from={max(0, begin - PAGE)}" if begin else "",
    )


def _offers(handovers: list[CodeHandover]) -> list[Panel]:
    return [Offers(handovers)] if handovers else []


def _code_list(key: str, title: Words, rows: list[CodeRow]) -> list[Panel]:
    return [CodeList(key, title, rows)] if rows else []


def _begin(request: HttpRequest) -> int:
    typed = request.GET.get("from", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


def _instances(user: User) -> list[Instance] | None:
    """The account's servers; None when the list cannot be read now."""
    try:
        with request_budget():
            return usability.listed_instances(addresses(user))
    except (Retryable, Refused):
        return None


@confirmed_required
@never_cache
def apply(request: HttpRequest) -> HttpResponse:
    """Says how many codes are left and asks once; pressing twice or in two tabs gives one code."""
    user = account_of(request)
    posted = request.method == "POST"
    wanted = (request.POST if posted else request.GET).get("instance", "")
    listed = _instances(user)
    if listed is None:
        messages.error(request, INVENTORY_DOWN)
        return redirect("service-codes")
    instance = next((each for each in listed if each.id == wanted), None)
    if instance is None:
        raise Http404
    form = ApplyForm(request.POST if posted else None)
    if form.is_valid():
        done = _apply(request, instance, form)
        if done is not None:
            return done
    return _confirm(request, instance, form)


def _apply(request: HttpRequest, instance: Instance, form: ApplyForm) -> HttpResponse | None:
    user = account_of(request)
    allowed = limits.consume("service_code_apply", str(user.pk))
    if not allowed.ok:
        form.add_error(None, too_many(allowed.until))
        return None
    try:
        code, is_new = service_codes.apply(instance, user.customer, form.cleaned_data["slot"])
    except service_codes.OfferChanged:
        form.add_error(None, ValidationError(CHANGED, code="changed"))
        return None
    except service_codes.CodeRefused:  # the page says which rule
        return redirect("service-codes")
    if is_new:
        messages.success(request, _("Your new service code. Each website uses one"))
    else:
        limits.refund("service_code_apply", str(user.pk))
    return redirect("service-code", code.reference)


def _confirm(request: HttpRequest, instance: Instance, form: ApplyForm) -> HttpResponse:
    user = account_of(request)
    server = listing.servers([instance], user.customer)[0]
    if server.rule != usability.OK:
        row = server_row(server, code_rows(server.codes, user.customer, user, []))
        messages.error(request, str(row.reason))
        return redirect("service-codes")
    page = ApplyPage(form=form, server=server, back_url=reverse("service-codes"))
    return render_page(request, page, at=f"{reverse('service-code-apply')}?{urlencode({'instance': instance.id})}")


def own_code(request: HttpRequest, reference: str) -> ServiceCode:
    """A code of the visitor's server, or one handed over to them; 404 for any other."""
    account = account_of(request).customer
    return get_object_or_404(ServiceCode, Q(account=account) | Q(kept_by=account), reference=reference)


@confirmed_required
@never_cache
@require_safe
def code_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows one code in full, to copy, with where it is used and what can be done with it."""
    user = account_of(request)
    code = own_code(request, reference)
    service_codes.mark_shown(code)
    offer = handovers.open_offer(code)
    row = code_rows([code], user.customer, user, [offer] if offer else [])[0]
    page = CodePage(
        row=row,
        product=product_name(code.product),
        notices=_waiting(row.offer) if row.offer else [],
        back_url=reverse("service-codes"),
        back_label=_("Service codes"),
    )
    return render_page(request, page)


def _waiting(offer: CodeHandover) -> list[Notice]:
    link = Link(_("See the hand-over, or take it back"), offer.get_absolute_url())
    return [Notice("info", _("Sent. Waiting for the other account to accept"), link=link)]


@confirmed_required
@never_cache
def revoke(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks, then makes a free code unusable."""
    user = account_of(request)
    code = own_code(request, reference)
    posted = request.method == "POST"
    revoked = posted and handovers.revoke(code, user.customer)
    if posted:
        code.refresh_from_db()
    can = code.is_free and code.keeper == user.customer
    if not revoked and can:
        back_url = reverse("service-code", args=[code.reference])
        return render_page(request, RevokePage(form=RevokeForm(), code=code, back_url=back_url))
    if not revoked and code.state in NOT_REVOKED:
        messages.error(request, NOT_REVOKED[ServiceCodeState(code.state)])
    return redirect("service-code", code.reference)
