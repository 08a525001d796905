"""The phone's side: the papers that are wanted, their state, and an upload for each. No account is needed."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from icpportal.entry.client import client_address
from icpportal.privacy.masks import mask_name
from transfers import by_phone, paper_access, paper_actions, slots
from transfers.judging import is_over, judge
from transfers.models import Order, OrderDocument
from transfers.paper_actions import Moved
from transfers.paper_marks import person_of
from transfers.people import administrator
from transfers.returned_parts import papers_to_replace, returned_parts, unsettled
from verification import consents, handoffs
from verification.documents.messages import UploadRefused
from verification.models import HandOff

COOKIE = "hand_off"
PREVIEWS = ("prefetch", "prerender")  # a browser that looks ahead is nobody's phone yet


@never_cache
@require_http_methods(["GET", "POST"])
def phone_page(request: HttpRequest, token: str) -> HttpResponse:
    """The first phone that opens it gets a cookie of its own; every other is told that it is too late."""
    if any(word in request.headers.get("Sec-Purpose", "") for word in PREVIEWS):
        return HttpResponse(status=503)
    device = request.COOKIES.get(COOKIE, "")
    opened = (handoffs.used_by if request.method == "POST" else handoffs.open_by)(token, device)
    order = _order(opened)
    if order is None or opened.hand_off is None:
        return render(request, "transfers/by_phone_over.html", {"why": opened.state}, status=404)
    answer = (
        _changed(request, order, token, opened.hand_off) if request.method == "POST" else _page(request, order, token)
    )
    if opened.new_device:
        answer.set_cookie(
            COOKIE,
            opened.new_device,
            max_age=handoffs.LIFETIME,
            path=reverse("by-phone", args=[token]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _order(opened: handoffs.Opened) -> Order | None:
    """The order behind a good address, while it still wants what the address was made for."""
    if opened.state != handoffs.GOOD or opened.hand_off is None:
        return None
    found = Order.objects.select_related("owner").filter(reference=opened.hand_off.holder).first()
    order = judge(found) if found is not None else None
    if order is None or is_over(order):
        return None
    return order if by_phone.purpose_of(order) == opened.hand_off.purpose else None


def _changed(request: HttpRequest, order: Order, token: str, hand_off: HandOff) -> HttpResponse:
    slot, side = _named(request, order)
    back = reverse("by-phone", args=[token])
    if "consent" in request.POST:
        return _consented(request, order, token, slot)
    if paper_access.needs_consent(order, slot):
        return _page(request, order, token, unticked=slot.key)
    try:
        paper_actions.upload(
            order,
            slot=slot.key,
            side=side,
            file=request.FILES.get("file") or slots.NoFile(),
            kind=slot.key,
            may=lambda: handoffs.hold(hand_off),  # the owner may end it while the picture comes in
        )
    except UploadRefused as refused:
        return _page(request, order, token, refused={(slot.key, side): str(refused.message)})
    except Moved:
        return redirect(back)
    return redirect(f"{back}#slot-{slot.key}-{side}")


def _named(request: HttpRequest, order: Order) -> tuple[slots.Slot, int]:
    """The slot and side that the address names, if this order wants them now."""
    slot = next((each for each in by_phone.wanted(order) if each.key == request.GET.get("slot")), None)
    side = request.GET.get("side", "1")
    if slot is None or not (side.isascii() and side.isdecimal()) or not 1 <= int(side) <= len(slot.sides):
        raise Http404
    return slot, int(side)


def _consented(request: HttpRequest, order: Order, token: str, slot: slots.Slot) -> HttpResponse:
    person = person_of(order, slot.key)
    if "agree" not in request.POST:
        return _page(request, order, token, unticked=slot.key)
    if person is not None:
        consents.give(
            holder=order.reference,
            person_key=person.key,
            language=get_language() or order.owner.language,
            client=client_address(request),
        )
    return redirect(reverse("by-phone", args=[token]) + f"#slot-{slot.key}-1")


class Drawn(NamedTuple):
    """What every paper of the page is drawn from, asked once."""

    order: Order
    token: str
    papers: dict[tuple[str, int], OrderDocument]
    given: frozenset[str]
    refused: dict[tuple[str, int], str]
    unticked: str
    came_back: set[str]


def _page(
    request: HttpRequest,
    order: Order,
    token: str,
    *,
    refused: dict[tuple[str, int], str] | None = None,
    unticked: str = "",
) -> HttpResponse:
    mine, given = by_phone.papers(order), consents.standing(order.reference)
    came_back = papers_to_replace(unsettled(returned_parts(order, mine.values())))
    drawn = Drawn(order, token, mine, given, refused or {}, unticked, came_back)
    wanted = by_phone.wanted(order)
    context = {
        "order": order,
        "groups": [_group(drawn, slot) for slot in wanted],
        "consent_text": consents.TEXTS[consents.CURRENT].explanation,
        "consent_label": consents.TEXTS[consents.CURRENT].label,
        "is_photo": wanted == [by_phone.PHOTO_SLOT],
        "name": mask_name(administrator(order).name),
    }
    return render(request, "transfers/by_phone.html", context)


def _group(drawn: Drawn, slot: slots.Slot) -> dict[str, Any]:
    """One paper: whose it is, masked, the agreement it still waits for, its sides."""
    order, mine = drawn.order, drawn.papers
    person = person_of(order, slot.key)
    waits = person is not None and person.key not in drawn.given
    page = reverse("by-phone", args=[drawn.token])
    return {
        "key": slot.key,
        "person": mask_name(person.name) if person else "",
        "waits": waits,
        "problem": _("Tick your agreement to upload documents") if drawn.unticked == slot.key else "",
        "url": f"{page}?slot={slot.key}",
        "sides": [
            by_phone.side_shown(
                order,
                slot,
                side,
                mine.get((slot.key, side)),
                page=page,
                is_open=not waits,
                reason=drawn.refused.get((slot.key, side), ""),
                to_replace=slot.key in drawn.came_back,
            )
            for side in paper_access.sides_shown(slot, mine)
        ],
    }
