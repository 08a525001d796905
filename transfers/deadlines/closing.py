"""Closing an order that nobody can read any more, so that its owner may begin anew."""

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
    """Whether its answers open and are answers."""
    try:
        order.answer("type")
    except (Unreadable, AttributeError):
        return False
    return True


def close(order: Order, *, reason: str) -> None:
    """Close it without reading it, and tell its owner; raises `MoveNotAllowed` while it lies with the authority."""
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
    except Unreadable:  # the mail says it all
        return
    if mobile:
        yield "sms", mobile
