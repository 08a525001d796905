"""One message of a channel whose supplier puts off all, sent before its time: it shows when the supplier takes them.

Messages wait an hour for their next attempt. Where nobody causes a new one, nothing would leave for so long after the
supplier works again, and the alarm would stay.
"""

from datetime import datetime, timedelta

from django.db.models import F, Max, Min, QuerySet
from django.db.models.functions import Greatest

from icpportal.alarms import restored
from icpportal.outbox import wake
from icpportal.outbox.delivery import HOUR
from icpportal.outbox.models import Message
from icpportal.outbox.queries import STUBBORN, put_off, put_off_channels

EVERY = timedelta(minutes=10)


def try_put_off(now: datetime) -> None:
    """Makes one message due in each such channel, if none was tried lately and none will be soon."""
    if restored.is_held():
        return
    for channel in put_off_channels():
        waits = put_off(channel)
        times = waits.order_by().aggregate(first=Min("next_at"), last=Max("next_at"))
        tried = times["last"] - HOUR  # each of them waits an hour after an attempt
        if times["first"] > now + EVERY and tried <= now - EVERY:
            _make_due(waits[:1], now)


def _make_due(chosen: QuerySet[Message], now: datetime) -> None:
    """Uncounted, so that it is not given up sooner; never below what counts as put off."""
    uncounted = Greatest(F("attempts") - 1, STUBBORN)
    if Message.objects.filter(pk__in=[each.pk for each in chosen], next_at__gt=now).update(
        next_at=now, attempts=uncounted
    ):
        wake.wake_worker(wake.DELIVER)
