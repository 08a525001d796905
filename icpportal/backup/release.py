"""Releases a restored portal: first asks the ministry what it has accepted since, then sends everything."""

from collections.abc import Callable

from django.utils import timezone

from icpportal.alarms import restored
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.operations.actions import resync
from icpportal.outbox.actions import erasure
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import OWED

Tell = Callable[[str], None]
REPORTS = "authority"  # the outbox channel whose messages become reports
GIVEN_UP = "given up: waited when the backup was made"


def go(*, give_up_messages: bool, tell: Tell) -> str:
    """Reconciles with the ministry, then releases; returns what is waiting.

    Raises `Retryable` or `Refused`: still held. Reports in the outbox are first queued for the ministry, so that those
    it may have accepted since the backup are parked, not sent twice.
    """
    deliver(limit=None, only=REPORTS)
    is_line = isinstance(authority(), MinistryAuthority)
    parked = len(resync(after_restore=True, tell=tell).parked) if is_line else 0
    messages = Message.objects.filter(state__in=OWED).exclude(channel=REPORTS)
    waiting = messages.count()
    if give_up_messages:
        for message in messages.filter(is_secret=True):  # codes are erased with their messages
            Message.objects.filter(pk=message.pk).update(**erasure(message))
        now = timezone.now()
        messages.update(state=State.FAILED, next_at=None, failed_at=now, given_up_at=now, last_error=GIVEN_UP)
    restored.go()
    done = "given up" if give_up_messages else "sent now"
    return f"{waiting} messages are {done}, {parked} reports are parked until somebody looks at them (miit queue)."
