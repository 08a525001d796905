"""Sending the photo to its review."""

from typing import Any

from django.utils import timezone

from icpportal.lifecycle import APPLICANT, Forbidden
from icpportal.privacy.fields import sealed
from transfers.firing import ORDER
from transfers.models import Order
from transfers.slots import PHOTO
from transfers.states import PHOTO_DUE


def send(order: Order, *, actor: Any, way: str, **said: Any) -> bool:
    """The photo that stands goes to our reviewer, with how it was taken; a second press changes nothing.

    False, and nothing is sent, when another photo came in since the order was read.
    """
    order.answers = {**order.answers, PHOTO: {"way": way, **said, "sent": timezone.now().isoformat()}}
    columns = {"answers": sealed(order, "answers"), "photo_way": way}
    try:
        ORDER.fire(order, "send_photo", by=APPLICANT, actor=actor, columns=columns)
    except Forbidden:
        order.refresh_from_db()
        return order.state != PHOTO_DUE  # it was pressed twice: the first press counts
    return True
