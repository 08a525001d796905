"""Records delivery reports: a message arrived, or did not and why."""

import logging
from datetime import datetime

from django.utils import timezone

from icpportal.metrics.counters import count_report
from icpportal.outbox.models import Message, State

logger = logging.getLogger(__name__)
LOST_WORDS = "not delivered"


def record_arrival(channel: str, receipt: str, *, at: datetime) -> bool:
    """Records that a message arrived; returns False when we sent none with this receipt. Idempotent."""
    mine = Message.objects.filter(channel=channel, receipt=receipt)
    noted = mine.filter(state=State.DELIVERED, arrived_at=None).update(arrived_at=at, ask_at=None)
    return _count(channel, "arrived", is_ours=bool(noted) or mine.exists())


def record_loss(channel: str, receipt: str, *, why: str, code: str, now: datetime | None = None) -> bool:
    """Records that a message did not arrive: it has failed like one that could not be sent.

    Returns False as `record_arrival` does; idempotent. `why` is a `LossReason`, `code` the supplier's own code.
    """
    now, mine = now or timezone.now(), Message.objects.filter(channel=channel, receipt=receipt)
    ended = {"state": State.FAILED, "failed_at": now, "lost": why, "arrived_at": None, "ask_at": None}
    noted = mine.filter(state=State.DELIVERED).update(**ended, last_error=f"{LOST_WORDS}: {code}"[:200])
    if noted:
        logger.warning("message was not delivered", extra={"channel": channel, "why": why, "code": code})
    return _count(channel, "lost", is_ours=bool(noted) or mine.exists())


def _count(channel: str, outcome: str, *, is_ours: bool) -> bool:
    count_report(channel, outcome if is_ours else "strange")
    return is_ours
