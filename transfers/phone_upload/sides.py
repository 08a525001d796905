"""The wanted sides of documents, as the phone that sends them shows them and the computer that waits."""

from typing import TypedDict

from django.urls import reverse
from django.utils.functional import Promise

from icpportal.fields.components import DrawnSlot, no_details
from transfers.check import slot_access
from transfers.documents import drawn_slots, slots
from transfers.documents.validity import is_stale, why_stale
from transfers.models import Order, OrderDocument
from transfers.phone_upload import queries as phone_upload
from transfers.returns.returned_parts import papers_to_replace, returned_parts, unsettled_parts
from verification.documents.advice import found_on
from verification.documents.forms import UploadForm
from verification.documents.upload_messages import reason_of


def side_shown(
    order: Order,
    slot: slots.Slot,
    side: int,
    paper: OrderDocument | None,
    *,
    page: str,
    is_open: bool,
    reason: str = "",
    to_replace: bool = False,
) -> DrawnSlot:
    """The arguments of `partials/slot.html` for a side on the phone: its state, never the picture or its name."""
    reason = reason or (str(why_stale(slot.key)) if paper is not None and is_stale(order, paper) else "")
    shown: DrawnSlot = {
        **no_details(),
        "key": f"{slot.key}-{side}",
        "title": _title(slot, side),
        "hint": slot.hint,
        "drawing": "id-back" if slot.drawing == "id-front" and side == 2 else slot.drawing,
        "state": "again" if reason else "empty",
        "reason": reason,
        "poll_url": page,
        "refresh_url": page,
    }
    if paper is not None and not reason:
        _add_picture(shown, order, paper)
    if to_replace and shown["state"] in drawn_slots.READY:
        shown["state"] = "replace"
    if is_open:
        shown["form"] = UploadForm(key=f"{slot.key}_{side}")
        shown["form_url"] = f"{page}?slot={slot.key}&side={side}"
    return shown


def _add_picture(shown: DrawnSlot, order: Order, paper: OrderDocument) -> None:
    shown["state"] = paper.document.state
    shown["reason"] = drawn_slots.kept_after(order, paper) or reason_of(paper.document)
    if paper.document.is_ready and (findings := found_on(paper.document)) is not None:
        shown["state"], shown["found"] = "look", findings


def _title(slot: slots.Slot, side: int) -> str | Promise:
    word = slot.sides[side - 1]
    return f"{slot.title} · {word}" if word else slot.title


class Arrival(TypedDict):
    """One wanted side, and the state of its picture."""

    title: str | Promise
    state: str
    url: str


def arrivals_of(order: Order) -> list[Arrival]:
    """Each wanted side with its state, for the computer's page that watches them arrive."""
    mine = phone_upload.papers(order)
    came_back = papers_to_replace(unsettled_parts(returned_parts(order, mine.values())))
    return [
        {
            "title": _title(slot, side),
            "state": _state(order, mine.get((slot.key, side)), to_replace=slot.key in came_back),
            "url": _page(order, slot),
        }
        for slot in phone_upload.slots_for_phone(order)
        for side in slot_access.sides_shown(slot, mine)
    ]


def _state(order: Order, paper: OrderDocument | None, *, to_replace: bool = False) -> str:
    if paper is None:
        return "todo"
    if paper.document.state == "refused" or is_stale(order, paper):
        return "wrong"
    if paper.document.is_checking:
        return "waiting"
    return "replace" if to_replace else "done"


def _page(order: Order, slot: slots.Slot) -> str:
    if slot is phone_upload.PHOTO_SLOT:
        return reverse("photo", args=[order.reference])
    return reverse("slot", args=[order.reference, slot.key])
