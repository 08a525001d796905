"""When a supplier is asked about a text's delivery: soon, then less and less often, and not after three days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.outbox.models import Message

SMS = "sms"
# after each question without an answer; operators try for three days
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=4),
    timedelta(hours=24),
    timedelta(hours=48),
)


def first_question(message: Message, now: datetime) -> datetime | None:
    """When to ask about a message just sent; None if its supplier reports nothing."""
    if message.channel != SMS:
        return None
    asks_by_number = getattr(import_string(settings.SMS_GATEWAY), "asks_by_number", None)
    if asks_by_number is None or (asks_by_number and message.is_secret):
        return None
    return now + DELAYS[0]


def next_question(asked: int, now: datetime) -> datetime | None:
    """When to ask again after so many questions; None after the last."""
    return now + DELAYS[asked] if asked < len(DELAYS) else None
