"""Notes on the site: the row itself is what the reader finds on the page of messages."""

from icpportal.outbox.models import Message


def deliver(message: Message) -> str:
    """Nothing leaves the house."""
    return f"site:{message.pk}"
