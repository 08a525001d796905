"""Chooses the method of the photo and sends it to review."""

from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.fields.types import Json
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.privacy.fields import seal_value
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.orders.kinds import in_group, is_in
from transfers.orders.machine import ORDER
from transfers.orders.rows import Group


def choose_way(order: Order, way: str) -> None:
    """Stores the chosen method while a photo is wanted; the last choice counts."""
    Order.objects.filter(in_group(Group.PHOTO_WANTED), pk=order.pk).update(photo_way=way)


def send(order: Order, *, actor: User, way: str, **said: Json) -> bool:
    """Sends the present photo to our reviewer with its method; idempotent.

    Returns False, and sends nothing, when another photo was uploaded since the order was read.
    """
    order.answers = {**order.answers, PHOTO: {"way": way, **said, "sent": timezone.now().isoformat()}}
    columns = {"answers": seal_value(order, "answers"), "photo_way": way}
    try:
        ORDER.apply(order, "send_photo", by=APPLICANT, actor=actor, columns=columns)
    except MoveNotAllowed:
        order.refresh_from_db()
        return not is_in(order, Group.PHOTO_WANTED)  # pressed twice: the first press counts
    return True
