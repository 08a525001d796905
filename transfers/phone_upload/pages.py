"""The pages on the phone: the documents wanted, their states, and an upload for each; no account needed."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from icpportal.drafts.pages import added_message, said_words, say, say_words
from icpportal.fields.client import takes_file
from icpportal.fields.components import DrawnSlot, Notice
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_name
from transfers.check import slot_access
from transfers.documents import actions as paper_actions
from transfers.documents import slots
from transfers.documents.actions import OrderChanged
from transfers.documents.slot_requests import TICK_FIRST, record_consent, side_in
from transfers.documents.validity import person_of
from transfers.models import Order, OrderDocument
from transfers.orders.expiry import expire_if_due, is_over
from transfers.orders.people import administrator
from transfers.pages.frame import Page, render_page
from transfers.phone_upload import queries as phone_upload
from transfers.phone_upload.sides import side_shown
from transfers.returns.returned_parts import papers_to_replace, returned_parts, unsettled_parts
from verification import consents
from verification.documents.forms import file_of
from verification.documents.upload_messages import UploadRefused
from verification.models import PhoneUpload
from verification.phones import uploads

COOKIE = "hand_off"
PREVIEWS = ("prefetch", "prerender")  # a browser that prefetches is not a phone that opened the page

ELSEWHERE = Notice(
    "problem",
    gettext_lazy("This code is in use on another phone"),
    (gettext_lazy("Only the first phone that opens it can be used. Create a new code on the computer."),),
)
EXPIRED = Notice(
    "problem",
    gettext_lazy("The QR code has expired: refresh the page and scan again"),
    (
        gettext_lazy(
            "The QR code works for 10 minutes. Create a new one on the computer. Pictures you have sent are kept."
        ),
    ),
)

UNTICKED, REFUSED = "unticked", "refused."  # messages shown after the redirect


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredPage(Page):
    """The address has expired, or another phone has it."""

    template: ClassVar[str] = "transfers/documents/phone_upload_expired.html"
    notices: list[Notice]


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """One document: whose it is, masked, the consent it still waits for, its sides."""

    key: str
    person: str
    waits: bool
    problem: str
    url: str
    sides: list[DrawnSlot]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage(Page):
    """The documents wanted, and an upload for each."""

    template: ClassVar[str] = "transfers/documents/phone_upload_page.html"
    order: Order
    groups: list[PaperGroup]
    consent_text: Words
    consent_label: Words
    is_photo: bool
    name: str


@takes_file
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone_page(request: HttpRequest, token: str) -> HttpResponse:
    """Gives the first phone a cookie of its own; every other phone is told that it is too late."""
    if any(word in request.headers.get("Sec-Purpose", "") for word in PREVIEWS):
        return HttpResponse(status=503)
    device = request.COOKIES.get(COOKIE, "")
    opened = (uploads.used_by if request.method == "POST" else uploads.open_by)(token, device)
    order = _order(opened)
    if order is None or opened.link is None:
        notice = ELSEWHERE if opened.state == uploads.ELSEWHERE else EXPIRED
        return render_page(request, ExpiredPage(notices=[notice]), status=404)
    answer = (
        _handle_post(request, order, token, opened.link) if request.method == "POST" else _page(request, order, token)
    )
    if opened.new_device:
        answer.set_cookie(
            COOKIE,
            opened.new_device,
            max_age=uploads.LIFETIME,
            path=reverse("by-phone", args=[token]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _order(opened: uploads.OpenedUpload) -> Order | None:
    """The order of a valid address, while it still wants what the address was made for."""
    if opened.state != uploads.GOOD or opened.link is None:
        return None
    found = Order.objects.select_related("owner").filter(reference=opened.link.holder).first()
    order = expire_if_due(found) if found is not None else None
    if order is None or is_over(order):
        return None
    return order if phone_upload.purpose_of(order) == opened.link.purpose else None


def _handle_post(request: HttpRequest, order: Order, token: str, link: PhoneUpload) -> HttpResponse:
    slot, side = _slot_in_address(request, order)
    back = reverse("by-phone", args=[token])
    if "consent" in request.POST and record_consent(request, order, slot):
        return redirect(f"{back}#slot-{slot.key}-1")
    if "consent" in request.POST or slot_access.needs_consent(order, slot):
        say(request, UNTICKED, slot.key)
        return _page(request, order, token)
    try:
        paper_actions.upload(
            order,
            slot=slot.key,
            side=side,
            file=file_of(request),
            kind=slot.key,
            may=lambda: uploads.hold(link),  # the owner may end it while the picture arrives
        )
    except UploadRefused as refused:
        say_words(request, f"{REFUSED}{slot.key}.{side}", refused.message)
        return _page(request, order, token)
    except OrderChanged:
        return redirect(back)
    return redirect(f"{back}#slot-{slot.key}-{side}")


def _slot_in_address(request: HttpRequest, order: Order) -> tuple[slots.Slot, int]:
    """The slot and side in the address, if this order wants them now."""
    slot = next((each for each in phone_upload.slots_for_phone(order) if each.key == request.GET.get("slot")), None)
    if slot is None:
        raise Http404
    return slot, side_in(request, slot)


class PageRows(NamedTuple):
    """What all documents of the page are drawn from, queried once."""

    order: Order
    token: str
    papers: dict[tuple[str, int], OrderDocument]
    given: frozenset[str]
    refused: dict[tuple[str, int], str]
    unticked: str
    came_back: set[str]


def _page(request: HttpRequest, order: Order, token: str) -> HttpResponse:
    mine, given = phone_upload.papers(order), consents.active_consents(order.reference)
    came_back = papers_to_replace(unsettled_parts(returned_parts(order, mine.values())))
    wanted = phone_upload.slots_for_phone(order)
    refused = {
        (slot.key, side): said_words(request, f"{REFUSED}{slot.key}.{side}")
        for slot in wanted
        for side in slot_access.sides_shown(slot, mine)
    }
    drawn = PageRows(order, token, mine, given, refused, str(added_message(request, UNTICKED) or ""), came_back)
    page = UploadPage(
        order=order,
        groups=[_group(drawn, slot) for slot in wanted],
        consent_text=consents.TEXTS[consents.CURRENT].explanation,
        consent_label=consents.TEXTS[consents.CURRENT].label,
        is_photo=wanted == [phone_upload.PHOTO_SLOT],
        name=mask_name(administrator(order).name),
    )
    return render_page(request, page, at=reverse("by-phone", args=[token]))


def _group(drawn: PageRows, slot: slots.Slot) -> PaperGroup:
    """One document: whose it is, masked, the consent it still waits for, its sides."""
    order, mine = drawn.order, drawn.papers
    person = person_of(order, slot.key)
    waits = person is not None and person.key not in drawn.given
    page = reverse("by-phone", args=[drawn.token])
    return PaperGroup(
        key=slot.key,
        person=mask_name(person.name) if person else "",
        waits=waits,
        problem=str(TICK_FIRST) if drawn.unticked == slot.key else "",
        url=f"{page}?slot={slot.key}",
        sides=[
            side_shown(
                order,
                slot,
                side,
                mine.get((slot.key, side)),
                page=page,
                is_open=not waits,
                reason=drawn.refused.get((slot.key, side), ""),
                to_replace=slot.key in drawn.came_back,
            )
            for side in slot_access.sides_shown(slot, mine)
        ],
    )
