"""Writing down what the outside says of a message that left: it arrived, or it did not and why."""

import logging
from datetime import datetime

from django.utils import timezone

from icpportal.metrics.counters import count_report
from icpportal.outbox.models import Message, State

logger = logging.getLogger(__name__)
LOST_WORDS = "not delivered"


def arrived(channel: str, receipt: str, *, at: datetime) -> bool:
    """Note that a message arrived; False when we sent none with this receipt. Said twice it changes nothing."""
    mine = Message.objects.filter(channel=channel, receipt=receipt)
    noted = mine.filter(state=State.DELIVERED, arrived_at=None).update(arrived_at=at, ask_at=None)
    return _counted(channel, "arrived", is_ours=bool(noted) or mine.exists())


def lost(channel: str, receipt: str, *, why: str, code: str, now: datetime | None = None) -> bool:
    """Note that a message did not arrive: it has failed, as one that could not be sent; False as in `arrived`.

    `why` is one of `Lost`, `code` the supplier's word, for operations. Said twice it changes nothing.
    """
    now, mine = now or timezone.now(), Message.objects.filter(channel=channel, receipt=receipt)
    ended = {"state": State.FAILED, "failed_at": now, "lost": why, "arrived_at": None, "ask_at": None}
    noted = mine.filter(state=State.DELIVERED).update(**ended, last_error=f"{LOST_WORDS}: {code}"[:200])
    if noted:
        logger.warning("message was not delivered", extra={"channel": channel, "why": why, "code": code})
    return _counted(channel, "lost", is_ours=bool(noted) or mine.exists())


def _counted(channel: str, outcome: str, *, is_ours: bool) -> bool:
    count_report(channel, outcome if is_ours else "strange")
    return is_ours
