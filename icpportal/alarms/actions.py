"""Opens and clears alarms; lets rows set aside be tried again."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from icpportal.alarms.models import Alarm, SetAside

logger = logging.getLogger(__name__)


def open_alarm(cause: str, *, reference: str = "", detail: str = "", now: datetime | None = None) -> bool:
    """Opens the alarm of `cause`, or counts another sighting of the open one; returns True if opened now.

    `cause` is a fixed key of ours; `reference` names the row that showed it and `detail` a code or the type of an
    exception. Neither may be personal. Logs an error once, when it opens.
    """
    now = now or timezone.now()
    shown = {"reference": reference[:100], "detail": detail[:200]}
    if _seen_again(cause, now, shown):
        return False
    try:
        with transaction.atomic():
            Alarm.objects.create(cause=cause[:100], opened_at=now, seen_at=now, **shown)
    except IntegrityError:  # opened concurrently by another process
        _seen_again(cause, now, shown)
        return False
    logger.error("alarm opened", extra={"cause": cause, **shown})
    return True


def _seen_again(cause: str, now: datetime, shown: dict[str, str]) -> int:
    known = Alarm.objects.filter(cause=cause[:100], cleared_at__isnull=True)
    return known.update(seen_at=now, times=F("times") + 1, **shown)


def clear(cause: str, *, now: datetime | None = None) -> bool:
    """Closes the open alarm of `cause`; returns False when there is none."""
    now = now or timezone.now()
    cleared = Alarm.objects.filter(cause=cause[:100], cleared_at__isnull=True).update(cleared_at=now)
    if cleared:
        logger.warning("alarm cleared", extra={"cause": cause})
    return bool(cleared)


def clear_any(causes: Collection[str]) -> None:
    """Closes those of these alarms that are open; one query where none is."""
    for cause in Alarm.objects.filter(cause__in=causes, cleared_at__isnull=True).values_list("cause", flat=True):
        clear(cause)


def try_again(rows: QuerySet[SetAside], *, now: datetime | None = None) -> int:
    """Makes these rows due in the next round of their jobs; returns how many."""
    return rows.update(next_at=now or timezone.now())
