"""The document slots of an order as pages show them: the state of each side, its picture, and what can be done."""

from typing import NotRequired, TypedDict

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import DrawnSlot, PictureFindings, SlotAction, no_details
from icpportal.fields.types import Words
from icpportal.paths import path
from icpportal.time_format import day_words, to_beijing
from transfers.documents import validity
from transfers.documents.replacements import refused_since, replaces_held
from transfers.documents.samples import right_sample
from transfers.documents.slots import Slot, slot_for_subject
from transfers.models import Order, OrderDocument
from transfers.orders.people import is_individual
from verification.documents.advice import found_on
from verification.documents.forms import UploadForm
from verification.documents.upload_messages import reason_of

READY = ("ready", "look")  # the second has advice
LACKING = ("empty", "again", "refused", "replace")
KEPT = _("%(reason)s. The earlier picture is kept")


def slot_context(
    order: Order,
    slot: Slot,
    side: int,
    paper: OrderDocument | None,
    *,
    is_open: bool = True,
    reason: str = "",
    to_replace: bool = False,
) -> DrawnSlot:
    """The arguments of `partials/slot.html` for one side of a slot; `to_replace` when its document was returned."""
    page = path("slot", order.reference, slot.key)
    word = slot.sides[side - 1]
    stale: str | Promise = ""
    if paper is not None and validity.is_stale(order, paper):
        stale = validity.why_stale(slot.key, reused=validity.is_reused(order, paper))
    reason = reason or _last_refusal(order, paper)
    shown: DrawnSlot = {
        **no_details(),
        **(_after_refusal(paper, reason) if reason and not stale else _picture(paper, reason or str(stale))),
        "key": f"{slot.key}-{side}",
        "title": capfirst(str(word)) if word else _("Picture"),
        "preview_alt": f"{slot.title} {word}".strip(),
        "hint": "",  # the page shows it once, not for each side
        "drawing": slot.drawing,
        "sample": right_sample(slot_for_subject(slot, is_individual=is_individual(order)).drawing, side),
        "poll_url": path("slot-fragment", order.reference, slot.key, side),
        "refresh_url": page,
    }
    if paper is not None and shown["state"] in READY and validity.is_reused(order, paper):
        shown["state"], shown["label"] = "reused", _used_again(paper)
    if to_replace and shown["state"] in (*READY, "reused"):
        shown["state"], shown["label"] = "replace", ""
    is_extra = shown["state"] == "empty" and side > slot.needed
    if is_extra:
        shown["label"] = str(_("Only if there is one"))
    shown["is_quiet"] = is_extra or shown["state"] not in LACKING
    if is_open:
        shown["form"], shown["form_url"] = UploadForm(key=f"{slot.key}_{side}"), f"{page}?side={side}"
    if is_open and paper is not None:
        shown["actions"] = picture_actions(f"{page}?side={side}", paper, about=shown["title"])
    return shown


def picture_actions(url: str, paper: OrderDocument, *, about: Words) -> list[SlotAction]:
    """The actions on an uploaded picture."""
    turn: SlotAction = {
        "label": _("Rotate"),
        "url": url,
        "post": True,
        "name": "turn",
        "value": paper.document.reference,  # another window may have sent a newer picture
        "kind": "link",
        "icon": "rotate",
        "about": about,
    }
    remove: SlotAction = {**turn, "label": _("Remove"), "name": "remove", "icon": "trash"}
    if replaces_held(paper):
        remove |= {"label": _("Restore the earlier picture"), "icon": "return"}
    return [turn, remove] if paper.document.is_ready else [remove]


def _used_again(paper: OrderDocument) -> str:
    """The sentence on a ready picture from an earlier order."""
    date = day_words(to_beijing(paper.document.created_at).date(), weekday=False)
    return _("Using the upload of %(date)s") % {"date": date}


def photo_slot(order: Order, paper: OrderDocument | None, *, reason: str = "") -> DrawnSlot:
    """The same arguments for the photo step."""
    url = path("photo", order.reference)
    return {
        **no_details(),
        **(_after_refusal(paper, reason) if (reason := reason or _last_refusal(order, paper)) else _picture(paper, "")),
        "key": "photo",
        "title": _("Photo"),
        "hint": _("Upper body, centred, dressed for the season"),
        "drawing": "",  # the page shows its own samples of portraits
        "poll_url": path("slot-fragment", order.reference, "photo", 1),
        "refresh_url": url,
        "shown": paper.document.reference if paper is not None else "",
        "form": UploadForm(key="photo"),
        "form_url": url,
    }


class PictureShown(TypedDict):
    """The arguments that depend on the picture."""

    state: str
    reason: str | Promise
    preview_url: NotRequired[str]
    full_url: NotRequired[str]
    found: NotRequired[PictureFindings]
    facts: NotRequired[str]


def _last_refusal(order: Order, paper: OrderDocument | None) -> str:
    """Why the last picture that was to replace this one was refused; "" when none was."""
    return str(refused_since(order, paper)) if paper is not None else ""


def kept_after(order: Order, paper: OrderDocument) -> str:
    """Says that a later picture was refused and that this one is kept; "" when none was."""
    tried = _last_refusal(order, paper)
    return KEPT % {"reason": tried} if tried else ""


def _after_refusal(paper: OrderDocument | None, reason: str) -> PictureShown:
    """After a refused upload: shows the earlier picture, which is still there."""
    shown = _picture(paper, "")
    if shown["state"] not in READY:
        return _picture(paper, reason)
    return {**shown, "reason": KEPT % {"reason": reason}}


def _picture(paper: OrderDocument | None, reason: str) -> PictureShown:
    if reason or paper is None:
        return {"state": "again" if reason else "empty", "reason": reason}
    document = paper.document
    if not document.is_ready:
        return {"state": document.state, "reason": reason_of(document)}
    shown: PictureShown = {
        "state": document.state,
        "reason": "",
        "preview_url": f"{path('document', document.reference)}?preview=1",
        "full_url": path("document", document.reference),
        "facts": f"{document.width} × {document.height}",
    }
    found = found_on(document)
    if found is not None:
        shown["state"], shown["found"] = "look", found
    return shown
