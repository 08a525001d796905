"""Sends alarms as messages: one when a cause opens and one when it is over, to every target of `ALERTS`.

The rows of alarms record what was told, and the outbox what is owed, so that nothing is lost by a stop. A cause that
comes and goes is one alarm for the reader: it is over once it has been away for `STAYS_AWAY`.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from icpportal.alarms import restored
from icpportal.alarms.causes import Cause, cause_of, detail_words
from icpportal.alarms.models import Alarm
from icpportal.alarms.queries import being_told, open_alarms
from icpportal.fields.types import Facts
from icpportal.outbox import actions as outbox

STAYS_AWAY = timedelta(minutes=5)
OPENED, OVER = "opened", "over"
MAILTO = "mailto:"


def tell(*, now: datetime | None = None) -> int:
    """Queues messages about causes opened and over since the last look; returns how many."""
    if not settings.ALERTS or restored.is_held():  # it would be sent after the release, when it is over
        return 0
    now = now or timezone.now()
    with translation.override(settings.ALERTS_LANGUAGE):
        opened = [alarm for alarm in open_alarms().filter(told_at=None).order_by("opened_at") if _tell_open(alarm, now)]
        stayed_away = being_told().filter(cleared_at__lte=now - STAYS_AWAY).order_by("cleared_at")
        over = [alarm for alarm in stayed_away if _tell_over(alarm, now)]
    return len(opened) + len(over)


@transaction.atomic
def _tell_open(alarm: Alarm, now: datetime) -> bool:
    """Returns False when another process told it, or when it returned before anybody was told that it was over."""
    if not Alarm.objects.filter(pk=alarm.pk, told_at=None).update(told_at=now):
        return False
    if being_told().filter(cause=alarm.cause, cleared_at__isnull=False).update(over_told_at=now):
        return False
    _owe(alarm, OPENED)
    return True


@transaction.atomic
def _tell_over(alarm: Alarm, now: datetime) -> bool:
    if not being_told().filter(pk=alarm.pk).update(over_told_at=now):
        return False
    _owe(alarm, OVER)
    return True


def _owe(alarm: Alarm, event: str) -> None:
    row = cause_of(alarm.cause)
    for target in settings.ALERTS:
        key = f"alarm:{alarm.pk}:{event}:{hashlib.sha256(target.encode()).hexdigest()[:12]}"
        if target.startswith(MAILTO):
            _owe_mail(target.removeprefix(MAILTO), key, alarm, event, row)
        else:
            body = {"event": event, **_facts(alarm, row)}
            outbox.queue(channel="webhook", key=key, payload={"to": target, "body": body})


def _owe_mail(address: str, key: str, alarm: Alarm, event: str, row: Cause) -> None:
    context: Facts = {
        "cause": alarm.cause,
        "says": str(row.says),
        "act": str(row.act),
        "document": row.place,
        "seen": _what_it_concerns(alarm),
        "opened": alarm.opened_at,
        "ended": alarm.cleared_at,
        "url": _list_of_alarms(),
    }
    outbox.notify(
        key=key,
        template=f"alarm_{event}",
        channel="email",
        to=address,
        language=settings.ALERTS_LANGUAGE,
        context=context,
    )


def _what_it_concerns(alarm: Alarm) -> str:
    """A line of the mail; "" leaves it out."""
    known = " · ".join(filter(None, (alarm.reference, detail_words(alarm.cause, alarm.detail))))
    return _("Concerns: %(what)s.") % {"what": known} if known else ""


def _facts(alarm: Alarm, row: Cause) -> dict[str, str | int | None]:
    """The payload for programs, documented in docs/operations.md."""
    return {
        "cause": alarm.cause,
        "reference": alarm.reference,
        "detail": alarm.detail,
        "times": alarm.times,
        "opened_at": alarm.opened_at.isoformat(),
        "over_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
        "says": str(row.says),
        "what_to_do": str(row.act),
        "document": row.place,
        "portal": settings.PUBLIC_BASE_URL,
        "url": _list_of_alarms(),
    }


def _list_of_alarms() -> str:
    return (settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL) + reverse("admin:alarms_alarm_changelist")
