"""Notes on the site: the row itself is shown on the page of messages."""

from icpportal.outbox.models import Message


def deliver(message: Message) -> str:
    """Sends nothing."""
    return f"site:{message.pk}"
