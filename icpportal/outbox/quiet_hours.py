"""The quiet hours (`QUIET_HOURS`), in which a text message that only reminds must not ring."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import respects_quiet_hours

SMS = "sms"


def is_night(now: datetime) -> bool:
    """Whether it is in the quiet hours."""
    quiet_from, quiet_to = settings.QUIET_HOURS
    return not quiet_to <= timezone.localtime(now).time() < quiet_from


def morning(now: datetime) -> datetime:
    """The next end of the quiet hours."""
    _quiet_from, quiet_to = settings.QUIET_HOURS
    local = timezone.localtime(now)
    ends = local.replace(hour=quiet_to.hour, minute=quiet_to.minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)


def must_wait_for_morning(message: Message, now: datetime) -> bool:
    """Whether it is a text that only reminds and, after an outage or a stopped worker, it is night."""
    return message.channel == SMS and is_night(now) and respects_quiet_hours(message.template)


def sendable_now(waits: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    """Those of these messages that may be sent now: by night, texts that only remind are left out."""
    if not is_night(now):
        return waits
    templates = waits.filter(channel=SMS).order_by().values_list("template", flat=True).distinct()
    quiet = [template for template in templates if respects_quiet_hours(template)]
    return waits.exclude(channel=SMS, template__in=quiet)
