"""When a supplier is asked what became of a text: soon, then more and more rarely, and after three days no more."""

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
    """When to ask about a message that was sent just now; None for one that nobody tells of."""
    if message.channel != SMS:
        return None
    asks_by_number = getattr(import_string(settings.SMS_GATEWAY), "asks_by_number", None)
    if asks_by_number is None or (asks_by_number and message.is_secret):
        return None
    return now + DELAYS[0]


def next_question(asked: int, now: datetime) -> datetime | None:
    """When to ask again after so many questions; None when it was the last."""
    return now + DELAYS[asked] if asked < len(DELAYS) else None
