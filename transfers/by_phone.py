"""Pictures by phone (手机拍照上传): where it is offered, what a phone may send, and what it is shown of each paper."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from transfers import paper_access, photo_app, queries, slots, states
from transfers.models import Order, OrderDocument
from transfers.paper_marks import is_stale, why_stale
from transfers.returned_parts import papers_to_replace, returned_parts, unsettled
from verification import handoffs

PHOTO_SLOT = slots.Slot(slots.PHOTO, _("Photo"), _("Upper body, centred, clothes of the season"), drawing="photo")
PURPOSES = {states.DRAFT: handoffs.PAPERS, states.RETURNED: handoffs.PAPERS, states.PHOTO_DUE: handoffs.PHOTO}


def is_offered(order: Any) -> bool:
    """Whether this order may send pictures by phone: by its province, or everywhere; it never must."""
    return queries.rules_of(order).papers_by_app or settings.PAPERS_BY_PHONE_EVERYWHERE


def purpose_of(order: Any) -> str:
    """What a phone could be asked for now; "" for nothing."""
    purpose = PURPOSES.get(order.state, "")
    if purpose == handoffs.PAPERS and order.answer("documents").get("way") != slots.BY_PHONE:
        return ""
    if purpose == handoffs.PHOTO and photo_app.is_asked(order):  # the photo is not uploaded at all
        return ""
    return purpose if is_offered(order) else ""


def offer(order: Any) -> dict[str, Any]:
    """Whether a step draws the way to a phone, and the code that is good now."""
    purpose = purpose_of(order)
    link = handoffs.living(holder=order.reference, purpose=purpose) if purpose else None
    return {"may_use_phone": bool(purpose), "phone_link": link}


def wanted(order: Any) -> list[slots.Slot]:
    """The slots that a phone may fill now."""
    return [PHOTO_SLOT] if order.state == states.PHOTO_DUE else paper_access.open_slots(order)


def papers(order: Order) -> dict[tuple[str, int], OrderDocument]:
    """What is there, by slot and side; a photo that a reviewer refused is not."""
    found = queries.papers_of(order)
    fresh = [paper for paper in found if paper.slot != slots.PHOTO or paper.added_at >= order.entered_at]
    return {(paper.slot, paper.side): paper for paper in fresh}


def side_shown(
    order: Any,
    slot: slots.Slot,
    side: int,
    paper: OrderDocument | None,
    *,
    page: str,
    is_open: bool,
    reason: str = "",
    to_replace: bool = False,
) -> dict[str, Any]:
    """What `partials/slot.html` draws of a side on the phone: its state and an upload, never a picture or its name."""
    word = slot.sides[side - 1]
    reason = reason or (str(why_stale(slot.key)) if paper is not None and is_stale(order, paper) else "")
    found: dict[str, Any] = {
        "key": f"{slot.key}-{side}",
        "title": f"{slot.title} · {word}" if word else slot.title,
        "hint": slot.hint,
        "drawing": "id-back" if slot.drawing == "id-front" and side == 2 else slot.drawing,
        "state": "again" if reason else "empty",
        "reason": reason,
        "poll_url": page,
        "refresh_url": page,
    }
    if paper is not None and not reason:
        found |= {"state": paper.document.state, "reason": paper.document.reason_text}
    if to_replace and found["state"] == "ready":
        found["state"] = "replace"
    if is_open:
        found.update(form=slots.UploadForm(key=f"{slot.key}_{side}"), form_url=f"{page}?slot={slot.key}&side={side}")
    return found


def arrivals(order: Any) -> list[dict[str, Any]]:
    """Each side that is wanted with its state, for the computer's page that watches them come in."""
    mine = papers(order)
    came_back = papers_to_replace(unsettled(returned_parts(order, mine.values())))
    return [
        {
            "title": f"{slot.title} · {slot.sides[side - 1]}" if slot.sides[side - 1] else slot.title,
            "state": _state(order, mine.get((slot.key, side)), to_replace=slot.key in came_back),
            "url": _page(order, slot),
        }
        for slot in wanted(order)
        for side in paper_access.sides_shown(slot, mine)
    ]


def _state(order: Any, paper: OrderDocument | None, *, to_replace: bool = False) -> str:
    if paper is None:
        return "todo"
    if paper.document.state == "refused" or is_stale(order, paper):
        return "wrong"
    if paper.document.is_checking:
        return "waiting"
    return "replace" if to_replace else "done"


def _page(order: Any, slot: slots.Slot) -> str:
    if slot is PHOTO_SLOT:
        return reverse("photo", args=[order.reference])
    return reverse("slot", args=[order.reference, slot.key])
