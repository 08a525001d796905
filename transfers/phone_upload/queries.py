"""Pictures by phone (手机拍照上传): where they are offered, what a phone may send, and what it is shown."""

from dataclasses import dataclass
from typing import ClassVar, TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import DrawnSlot, Panel
from transfers.check import slot_access
from transfers.documents import slots
from transfers.documents.validity import is_stale, why_stale
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group
from transfers.photo import app as photo_app
from transfers.proofs import papers as known
from transfers.proofs.papers import living_papers
from transfers.returns.returned_parts import papers_to_replace, returned_parts, unsettled_parts
from verification.documents.advice import found_on
from verification.documents.forms import UploadForm
from verification.documents.upload_messages import reason_of
from verification.models import PhoneUpload
from verification.phones import uploads

PHOTO_SLOT = slots.Slot(slots.PHOTO, _("Photo"), _("Upper body, centred, dressed for the season"), drawing="photo")


def is_offered(order: Order) -> bool:
    """Whether this order may send pictures by phone: in its province, or everywhere; never required."""
    return queries.rules_of(order).papers_by_app or settings.PAPERS_BY_PHONE_EVERYWHERE


def purpose_of(order: Order) -> str:
    """What a phone could send now; "" for nothing."""
    purpose = state_of(order).upload
    if purpose == uploads.PAPERS and order.answer("documents").get("way") != slots.BY_PHONE:
        return ""
    if purpose == uploads.PHOTO and photo_app.is_asked(order):  # this photo is fetched, not uploaded
        return ""
    return purpose if is_offered(order) else ""


def step_url(order: Order) -> str:
    """The step that wants pictures now; the order's page where none does."""
    name = {uploads.PAPERS: "documents", uploads.PHOTO: "photo"}.get(state_of(order).upload, "order")
    return reverse(name, args=[order.reference])


@dataclass(frozen=True, slots=True)
class PhoneOffer(Panel):
    """The link for a phone as a step draws it, and the code that is valid now."""

    template: ClassVar[str] = "transfers/documents/phone_upload_offer.html"
    link: PhoneUpload | None

    @property
    def is_connected(self) -> bool:
        return self.link is not None and self.link.is_connected

    @property
    def state_words(self) -> str | Promise:
        """The state of the code."""
        return _("1 phone connected") if self.is_connected else _("QR code waiting to be scanned")

    @property
    def end_label(self) -> str | Promise:
        """The label of the button that ends it."""
        return _("Disconnect the phone") if self.is_connected else _("Cancel the QR code")


def offers(order: Order) -> list[PhoneOffer]:
    """The offer of a phone, where this step may get its pictures from one."""
    purpose = purpose_of(order)
    if not purpose:
        return []
    has_link = known.may_have(order, known.HAS_LINK)
    return [PhoneOffer(uploads.current_link(holder=order.reference, purpose=purpose) if has_link else None)]


def slots_for_phone(order: Order) -> list[slots.Slot]:
    """The slots that a phone may fill now."""
    return [PHOTO_SLOT] if is_in(order, Group.PHOTO_WANTED) else slot_access.open_slots(order)


def papers(order: Order) -> dict[tuple[str, int], OrderDocument]:
    """The documents by slot and side, without a refused photo."""
    fresh = (paper for paper in living_papers(order) if queries.counts(order, paper))
    return {(paper.slot, paper.side): paper for paper in fresh}


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
    word = slot.sides[side - 1]
    reason = reason or (str(why_stale(slot.key)) if paper is not None and is_stale(order, paper) else "")
    found: DrawnSlot = {
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
        found["state"] = paper.document.state
        found["reason"] = slots.kept_after(order, paper) or reason_of(paper.document)
        if paper.document.is_ready and (advice := found_on(paper.document)) is not None:
            found["state"], found["found"] = "look", advice
    if to_replace and found["state"] in slots.READY:
        found["state"] = "replace"
    if is_open:
        found["form"] = UploadForm(key=f"{slot.key}_{side}")
        found["form_url"] = f"{page}?slot={slot.key}&side={side}"
    return found


class Arrival(TypedDict):
    """One wanted side, and the state of its picture."""

    title: str | Promise
    state: str
    url: str


def arrivals(order: Order) -> list[Arrival]:
    """Each wanted side with its state, for the computer's page that watches them arrive."""
    mine = papers(order)
    came_back = papers_to_replace(unsettled_parts(returned_parts(order, mine.values())))
    return [
        {
            "title": f"{slot.title} · {slot.sides[side - 1]}" if slot.sides[side - 1] else slot.title,
            "state": _state(order, mine.get((slot.key, side)), to_replace=slot.key in came_back),
            "url": _page(order, slot),
        }
        for slot in slots_for_phone(order)
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
    if slot is PHOTO_SLOT:
        return reverse("photo", args=[order.reference])
    return reverse("slot", args=[order.reference, slot.key])
