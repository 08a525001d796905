"""The desk of service codes (备案服务号): servers and codes, apply for one, see one, revoke one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from icpportal.accounts.access import account_of, confirmed_required
from icpportal.accounts.customers import addresses
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.gateways.asking import asking
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.types import Instance
from transfers import code_rows
from transfers.code_forms import ApplyForm, RevokeForm
from transfers.refusals import too_many
from transfers.servers import product_name
from verification import code_desk, handing_over, service_codes
from verification.models import ServiceCode, ServiceCodeState

PAGE = 20
INVENTORY_DOWN = _("The server list cannot be read now: try later")
CHANGED = _("A code of this server went to an order meanwhile. This is what is left")
NOT_REVOKED: dict[str, Any] = {
    ServiceCodeState.USED: _("The code is used by a site and cannot be revoked"),
    ServiceCodeState.BOUND: _("The code is in an order: abandon the order first, or let it be"),
    ServiceCodeState.FREE: _("The code was handed over: only the other account can revoke it"),
}


@confirmed_required
@never_cache
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Every server with its codes or the rule it fails, what others handed over, what waits for an answer."""
    user = account_of(request)
    instances = _instances(user)
    begin = _begin(request)
    listed = instances or []
    servers = code_desk.servers(listed[begin : begin + PAGE], user.customer)
    offers = code_desk.open_offers(user.pk)
    handed = list(code_desk.handed_to(user.customer)) if begin == 0 else []
    gone = list(code_desk.of_servers_not_listed(user.customer, [each.id for each in listed])) if begin == 0 else []
    own = [code for server in servers for code in server.codes]
    rows = {row.code.pk: row for row in code_rows.code_rows([*own, *handed, *gone], user.customer, user, offers)}
    context = {
        "servers": [
            code_rows.server_row(server, [rows[code.pk] for code in server.codes if code.pk in rows])
            for server in servers
        ],
        "handed": [rows[code.pk] for code in handed],
        "gone": [rows[code.pk] for code in gone],
        "to_answer": [each for each in offers if each.taker_id == user.pk],
        "is_down": instances is None,
        "older_url": f"?from={begin + PAGE}" if begin + PAGE < len(listed) else "",
        "newer_url": f"?from={max(0, begin - PAGE)}" if begin else "",
        "back_url": reverse("dashboard"),
        "back_label": _("My filings"),
    }
    return render(request, "transfers/codes.html", context)


def _begin(request: HttpRequest) -> int:
    typed = request.GET.get("from", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


def _instances(user: User) -> list[Instance] | None:
    """The account's servers; None when the list cannot be read now."""
    try:
        with asking():
            return service_codes.listed(addresses(user))
    except (Retryable, Refused):
        return None


@confirmed_required
@never_cache
def apply(request: HttpRequest) -> HttpResponse:
    """Say how many codes are left and ask once; pressed twice or in two tabs, it is one code."""
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
        done = _applied(request, instance, form)
        if done is not None:
            return done
    return _confirm(request, instance, form)


def _applied(request: HttpRequest, instance: Instance, form: ApplyForm) -> HttpResponse | None:
    user = account_of(request)
    allowed = limits.take("service_code_apply", str(user.pk))
    if not allowed.ok:
        form.add_error(None, too_many(allowed.until))
        return None
    try:
        code, is_new = service_codes.apply(instance, user.customer, form.cleaned_data["slot"])
    except service_codes.Changed:
        form.add_error(None, ValidationError(CHANGED, code="changed"))
        return None
    except service_codes.CodeRefused:  # the page says which rule
        return redirect("service-codes")
    if is_new:
        messages.success(request, _("Your new service code. Each site takes one"))
    else:
        limits.give_back("service_code_apply", str(user.pk))
    return redirect("service-code", code.reference)


def _confirm(request: HttpRequest, instance: Instance, form: ApplyForm) -> HttpResponse:
    server = code_desk.servers([instance], account_of(request).customer)[0]
    if server.rule != service_codes.OK:
        messages.error(request, code_rows.server_row(server, []).reason)
        return redirect("service-codes")
    context = {"form": form, "server": server, "back_url": reverse("service-codes")}
    return render(request, "transfers/code_apply.html", context)


def own_code(request: HttpRequest, reference: str) -> ServiceCode:
    """A code of the visitor's server, or one handed to the visitor; any other is as if it did not exist."""
    account = account_of(request).customer
    return get_object_or_404(ServiceCode, Q(account=account) | Q(kept_by=account), reference=reference)


@confirmed_required
@never_cache
@require_GET
def code_page(request: HttpRequest, reference: str) -> HttpResponse:
    """One code, whole, to copy; where it is used, and what can be done with it."""
    user = account_of(request)
    code = own_code(request, reference)
    service_codes.shown(code)
    offer = handing_over.open_offer(code)
    row = code_rows.code_rows([code], user.customer, user, [offer] if offer else [])[0]
    context = {
        "row": row,
        "product": product_name(code.product),
        "back_url": reverse("service-codes"),
        "back_label": _("Service codes"),
    }
    return render(request, "transfers/code.html", context)


@confirmed_required
@never_cache
def revoke(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask, then make a free code useless."""
    user = account_of(request)
    code = own_code(request, reference)
    posted = request.method == "POST"
    revoked = posted and handing_over.revoke(code, user.customer)
    if posted:
        code.refresh_from_db()
    can = code.is_free and code.keeper == user.customer
    if not revoked and can:
        context = {"form": RevokeForm(), "code": code, "back_url": reverse("service-code", args=[code.reference])}
        return render(request, "transfers/code_revoke.html", context)
    if not revoked and code.state in NOT_REVOKED:
        messages.error(request, NOT_REVOKED[code.state])
    return redirect("service-code", code.reference)
