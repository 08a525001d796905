"""What a request about a slot carries, from the computer as from a phone: the side, and the consent of its person."""

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from icpportal.fields.client import client_address
from transfers.documents.slots import Slot
from transfers.documents.validity import person_of
from transfers.models import Order
from verification import consents

TICK_FIRST = _("Tick the box to give consent, so that you can upload documents")


def side_in(request: HttpRequest, slot: Slot) -> int:
    """The side in the address, the first where none is; raises 404 for one that the slot does not have."""
    side = request.GET.get("side", "1")
    if not (side.isascii() and side.isdecimal()) or not 1 <= int(side) <= len(slot.sides):
        raise Http404
    return int(side)


def record_consent(request: HttpRequest, order: Order, slot: Slot) -> bool:
    """Records the consent of the person of the slot's document; returns False where the box was not ticked."""
    if "agree" not in request.POST:
        return False
    person = person_of(order, slot.key)
    if person is not None:
        consents.give(
            holder=order.reference,
            person_key=person.key,
            language=get_language() or order.owner.language,
            client=client_address(request),
        )
    return True
