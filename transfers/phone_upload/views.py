"""The computer's pages for pictures by phone: make the code to scan, watch pictures arrive, end it."""

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import qrcode
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from qrcode.image.svg import SvgPathFillImage

from icpportal.accounts.guards import confirmed_required
from icpportal.fields.components import Action
from transfers.models import Order
from transfers.orders.expiry import is_over
from transfers.orders.kinds import state_of
from transfers.pages import stages
from transfers.pages.frame import Page, PageInOrder, frame, render_page
from transfers.pages.permissions import own_order
from transfers.phone_upload import queries as phone_upload
from transfers.phone_upload.sides import Arrival, arrivals_of
from verification.models import PhoneUpload
from verification.phones import uploads

SVG_HEADERS = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}

# texts by state of the code
PARTS = {
    "waiting": "transfers/documents/phone_upload_scan.html",
    "connected": "transfers/documents/phone_upload_connected.html",
    "over": "transfers/documents/phone_upload_over.html",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """The code to scan until a phone has it, then what has arrived."""

    link: PhoneUpload | None
    token: str
    address: str
    minutes: int
    arrivals: list[Arrival]
    poll_url: str
    refresh_url: str
    done_url: str
    actions: list[Action]

    @property
    def state(self) -> str:
        """Whether it waits for a phone, is connected, or has ended."""
        return "waiting" if self.address else "connected" if self.link else "over"

    @property
    def part(self) -> str:
        """The template of its upper part."""
        return PARTS[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneUploadPage(PageInOrder):
    """The page of pictures by phone on the computer."""

    template: ClassVar[str] = "transfers/documents/phone_upload.html"
    back_url: str
    panel: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPage(Page):
    """The part of that page that changes."""

    template: ClassVar[str] = "transfers/documents/phone_upload_panel.html"
    order: Order
    panel: Panel


@confirmed_required
@require_POST
def make(request: HttpRequest, reference: str) -> HttpResponse:
    """Makes a new code; an earlier one of this order ends."""
    order = own_order(request, reference)
    purpose = phone_upload.purpose_of(order)
    if not purpose:
        return redirect(order)
    return redirect("hand-off", order.reference, uploads.make(holder=order.reference, purpose=purpose))


@confirmed_required
@require_POST
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """Ends uploads by phone."""
    order = own_order(request, reference)
    uploads.end(holder=order.reference)
    return redirect(phone_upload.step_url(order))


@confirmed_required
@require_safe
def page(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Shows the code until a phone has it, then what has arrived."""
    order = own_order(request, reference)
    stage = state_of(order).stage or stages.DOCUMENTS
    page = PhoneUploadPage(frame=frame(order, stage), back_url=phone_upload.step_url(order), panel=_panel(order, token))
    return render_page(request, page)


@confirmed_required
@require_safe
def panel(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Draws the part that changes; a page with script polls it."""
    order = own_order(request, reference, says_over=True)
    if is_over(order):
        raise Http404
    return render_page(request, PanelPage(order=order, panel=_panel(order, token)))


@confirmed_required
@require_safe
def picture(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Draws the code of its address, while it is valid and no phone has it."""
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


def _living(order: Order, token: str) -> PhoneUpload | None:
    purpose = phone_upload.purpose_of(order)
    if not purpose or not uploads.is_of(token, holder=order.reference, purpose=purpose):
        return None
    return uploads.current_link(holder=order.reference, purpose=purpose)


def _panel(order: Order, token: str) -> Panel:
    found = _living(order, token)
    arrivals = arrivals_of(order) if phone_upload.purpose_of(order) else []
    seen = [bool(found), bool(found and found.is_connected), [(each["title"], each["state"]) for each in arrivals]]
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:12]
    panel_url = reverse("hand-off-panel", args=[order.reference, token])
    return Panel(
        link=found,
        token=token,
        address=address_of(token) if found and not found.is_connected else "",
        minutes=-(-(found.expires_at - timezone.now()) // timedelta(minutes=1)) if found else 0,
        arrivals=arrivals,
        poll_url=f"{panel_url}?seen={mark}" if found else "",
        refresh_url=reverse("hand-off", args=[order.reference, token]),
        done_url=phone_upload.step_url(order),
        actions=_actions(order, found),
    )


def _actions(order: Order, found: PhoneUpload | None) -> list[Action]:
    """End the valid code; make a new one."""
    named = [order.reference]
    new = Action(_("New code"), reverse("hand-off-make", args=named), post=True)
    end = _("Disconnect the phone") if found and found.is_connected else _("Cancel the QR code")
    return [
        *([Action(end, reverse("hand-off-end", args=named), post=True)] if found else []),
        *([new] if phone_upload.purpose_of(order) else []),
    ]
