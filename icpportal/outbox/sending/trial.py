"""One message of a channel whose supplier puts off all, sent before its time: it shows when the supplier takes them.

Messages wait an hour for their next attempt. Where nobody causes a new one, nothing would leave for so long after the
supplier works again, and the alarm would stay.
"""

from datetime import datetime, timedelta

from django.db.models import F, Max, Min, QuerySet
from django.db.models.functions import Greatest

from icpportal.alarms import restored
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import PUT_OFF_FOR, STUBBORN, put_off, put_off_channels
from icpportal.outbox.quiet_hours import sendable_now

EVERY = timedelta(minutes=10)


def try_put_off(now: datetime) -> None:
    """Makes one message due in each such channel, if none was tried lately and none will be soon."""
    if restored.is_held():
        return
    for channel in put_off_channels():
        waits = sendable_now(put_off(channel), now)
        times = waits.order_by().aggregate(first=Min("next_at"), last=Max("next_at"))
        if times["last"] is None:  # they have left since, or wait for the morning
            continue
        was_tried_lately = times["last"] - PUT_OFF_FOR > now - EVERY
        if times["first"] > now + EVERY and not was_tried_lately:
            _make_due(waits[:1], now)


def _make_due(chosen: QuerySet[Message], now: datetime) -> None:
    """Uncounted, so that it is not given up sooner; never below what counts as put off."""
    uncounted = Greatest(F("attempts") - 1, STUBBORN)
    for each in chosen:
        # every change of a row changes its `next_at`: one that a worker has taken since would be sent twice
        as_read = Message.objects.filter(pk=each.pk, state=State.WAITING, next_at=each.next_at)
        as_read.update(next_at=now, attempts=uncounted)  # beat delivers within seconds
