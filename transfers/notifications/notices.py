"""Messages about many orders at once: one outbox row for each order, expanded for each reader at delivery.

A notice keeps what must not change any more: the message, the event, its facts, and the order's state after the move.
Recipients, addresses, languages and names are read at delivery.
"""

from collections.abc import Iterable
from datetime import datetime

from icpportal.lifecycle import AppliedMove
from icpportal.outbox.actions import QueueArguments, queue_all
from icpportal.outbox.models import Message
from icpportal.outbox.texts import formats
from transfers.models import Order, OrderEvent
from transfers.notifications.messages import notify_recipients

CHANNEL = "notice"
STOOD = (
    "state", "version", "due_at", "entered_at", "report", "site_number", "authority_code", "authority_words",
)  # fmt: skip
NOBODY_LEFT = "nobody is left to be told"


def owe(made: Iterable[AppliedMove[Order, OrderEvent]], template: str) -> None:
    """Queues a notice of the move just made for each of these orders."""
    queue_all((_notice(each, template) for each in made), channel=CHANNEL, template=template)


def _notice(made: AppliedMove[Order, OrderEvent], template: str) -> QueueArguments:
    order, event = made.thing, made.event
    return {
        "key": f"{template}:{event.pk}:{CHANNEL}",
        "reference": order.reference,
        "payload": {
            "order": str(order.pk),
            "event": event.pk,
            "at": event.at.isoformat(),
            "stood": {name: formats.pack(getattr(order, name)) for name in STOOD},
            "facts": {name: formats.pack(fact) for name, fact in made.facts.items()},
        },
    }


def deliver(message: Message) -> str:
    """Writes the messages of a notice; existing ones stay, so that it may be delivered again."""
    notice = message.payload
    order = Order.objects.select_related("owner").filter(pk=notice["order"]).first()
    if order is None or order.is_erased:
        return NOBODY_LEFT
    for name, value in formats.unpack_all(notice["stood"]).items():
        setattr(order, name, value)
    facts = formats.unpack_all(notice["facts"])
    at = datetime.fromisoformat(notice["at"])
    notify_recipients(order, message.template, event_id=notice["event"], facts=facts, now=at)
    return f"event:{notice['event']}"
