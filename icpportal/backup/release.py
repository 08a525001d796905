"""Letting a restored portal go on: first the ministry is asked what it has taken in since, then everything is sent."""

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
REPORTS = "authority"  # the channel whose messages become reports of the line, here
GIVEN_UP = "given up: waited when the backup was made"


def go(*, give_up_messages: bool, tell: Tell) -> str:
    """Agree with the ministry, then hold nothing back; says what waits. Raises `Retryable` or `Refused`: still held.

    Reports that wait in the outbox are put into the ministry's queue first, so that what it may have taken in since the
    backup is parked, and not sent twice.
    """
    deliver(limit=None, only=REPORTS)
    is_line = isinstance(authority(), MinistryAuthority)
    parked = len(resync(after_restore=True, tell=tell).parked) if is_line else 0
    messages = Message.objects.filter(state__in=OWED).exclude(channel=REPORTS)
    waiting = messages.count()
    if give_up_messages:
        for message in messages.filter(is_secret=True):  # a code is erased with its message
            Message.objects.filter(pk=message.pk).update(**erasure(message))
        now = timezone.now()
        messages.update(state=State.FAILED, next_at=None, failed_at=now, given_up_at=now, last_error=GIVEN_UP)
    restored.go()
    done = "given up" if give_up_messages else "sent now"
    return f"{waiting} messages are {done}, {parked} reports are parked until somebody looks at them (miit queue)."
