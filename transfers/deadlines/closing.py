"""Closes an order that can no longer be read, so that its owner can begin again."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from icpportal.alarms import rows
from icpportal.lifecycle import OPERATIONS
from icpportal.outbox.actions import notify_all
from icpportal.privacy.crypto import Unreadable
from transfers.models import Order
from transfers.orders.machine import ORDER


def can_be_read(order: Order) -> bool:
    """Whether its answers can be decrypted and are answers."""
    try:
        order.answer("type")
    except (Unreadable, AttributeError):
        return False
    return True


def close(order: Order, *, reason: str) -> None:
    """Closes it unread and tells its owner; raises `MoveNotAllowed` while the authority has it."""
    with transaction.atomic():
        event = ORDER.apply(order, "close", by=OPERATIONS, words=reason)
        words = {
            "domain": order.domain,
            "ref": order.reference,
            "host": urlsplit(settings.PUBLIC_BASE_URL).netloc,
            "phone": settings.PROVIDER_HOTLINE,
        }
        notify_all(
            {
                "key": f"order_closed:{event.pk}:{channel}",
                "template": "order_closed",
                "channel": channel,
                "to": address,
                "language": order.owner.language,
                "context": words,
                "reference": order.reference,
                "user_id": order.owner_id,
            }
            for channel, address in _addresses(order)
        )
    rows.forget(order.reference)


def _addresses(order: Order) -> Iterable[tuple[str, str]]:
    yield "email", order.owner.email
    yield "site", str(order.owner_id)
    try:
        mobile = order.owner.mobile
    except Unreadable:  # the mail says enough
        return
    if mobile:
        yield "sms", mobile
