"""The computer's side of pictures by phone: make the code to scan, watch the pictures come in, end it."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import qrcode
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from qrcode.image.svg import SvgPathFillImage

from icpportal.accounts.access import confirmed_required
from transfers import by_phone, stages, states
from transfers.judging import is_over
from transfers.models import Order
from transfers.slips import slip
from transfers.views.access import own_order
from verification import handoffs
from verification.models import HandOff

SVG_HEADERS = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}


@confirmed_required
@require_POST
def make(request: HttpRequest, reference: str) -> HttpResponse:
    """A new code; an earlier one of this order ends."""
    order = own_order(request, reference)
    purpose = by_phone.purpose_of(order)
    if not purpose:
        return redirect(order)
    return redirect("hand-off", order.reference, handoffs.make(holder=order.reference, purpose=purpose))


@confirmed_required
@require_POST
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """No phone may send anything any more."""
    order = own_order(request, reference)
    handoffs.end(holder=order.reference)
    return redirect(_step(order))


@confirmed_required
@require_GET
def page(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """The code to scan, until a phone has it; then what has come in."""
    order = own_order(request, reference)
    context = {
        "stepper": stages.stepper(order, stages.PHOTO if order.state == states.PHOTO_DUE else stages.DOCUMENTS),
        "slip": slip(order),
        "back_url": _step(order),
        **_panel(order, token),
    }
    return render(request, "transfers/hand_off.html", context)


@confirmed_required
@require_GET
def panel(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """The part of the page that changes, asked again by a page with script."""
    order = own_order(request, reference, says_over=True)
    if is_over(order):
        raise Http404
    return render(request, "transfers/hand_off_panel.html", _panel(order, token))


@confirmed_required
@require_GET
def picture(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """The code as a picture of its own address, while it is good and no phone has it."""
    order = own_order(request, reference)
    found = _living(order, token)
    if found is None or found.is_connected:
        raise Http404
    drawn = io.BytesIO()
    qrcode.make(address_of(token), image_factory=SvgPathFillImage).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=SVG_HEADERS)


def address_of(token: str) -> str:
    """Where the code leads."""
    return settings.PUBLIC_BASE_URL.rstrip("/") + reverse("by-phone", args=[token])


def _living(order: Order, token: str) -> HandOff | None:
    purpose = by_phone.purpose_of(order)
    if not purpose or not handoffs.is_of(token, holder=order.reference, purpose=purpose):
        return None
    return handoffs.living(holder=order.reference, purpose=purpose)


def _step(order: Order) -> str:
    name = {states.PHOTO_DUE: "photo"}.get(order.state, "documents" if order.is_editable else "order")
    return reverse(name, args=[order.reference])


def _panel(order: Order, token: str) -> dict[str, Any]:
    found = _living(order, token)
    arrivals = by_phone.arrivals(order) if by_phone.purpose_of(order) else []
    seen = [bool(found), bool(found and found.is_connected), [(each["title"], each["state"]) for each in arrivals]]
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:12]
    panel_url = reverse("hand-off-panel", args=[order.reference, token])
    return {
        "order": order,
        "hand_off": found,
        "token": token,
        "address": address_of(token) if found and not found.is_connected else "",
        "minutes": -(-(found.expires_at - timezone.now()) // timedelta(minutes=1)) if found else 0,
        "arrivals": arrivals,
        "poll_url": f"{panel_url}?seen={mark}" if found else "",
        "refresh_url": reverse("hand-off", args=[order.reference, token]),
        "done_url": _step(order),
        "may_make": bool(by_phone.purpose_of(order)),
    }
