"""Pictures by phone (手机拍照上传): where they are offered, and what a phone may send now."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from transfers.check import slot_access
from transfers.documents import slots
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group
from transfers.photo import app as photo_app
from transfers.proofs.papers import living_papers
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


def slots_for_phone(order: Order) -> list[slots.Slot]:
    """The slots that a phone may fill now."""
    return [PHOTO_SLOT] if is_in(order, Group.PHOTO_WANTED) else slot_access.open_slots(order)


def papers(order: Order) -> dict[tuple[str, int], OrderDocument]:
    """The documents by slot and side, without a refused photo."""
    fresh = (paper for paper in living_papers(order) if queries.counts(order, paper))
    return {(paper.slot, paper.side): paper for paper in fresh}
