"""Damaged downloads: how long they are waited for, when they are given up, and how they heal.

The authority delivers a file until it is acknowledged, and never again: acknowledging a damaged one loses a decision.
So it is waited for by the hour, with an alarm, until it arrives intact or operations give it up.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.miit.models import InboxFile, InboxState, MinistryLine

logger = logging.getLogger(__name__)

ALARM = "ministry.download_damaged"
SOME = 3  # damaged deliveries before an alarm, and at least so many before giving up
LASTS = timedelta(minutes=2)  # an alarm also after so long
NAME_IS_ITS = timedelta(days=30)  # how long an intact file of the same name counts as the one given up
# age of the damage → pause before asking again; a short disturbance causes none
PAUSES = ((timedelta(hours=1), timedelta(minutes=5)), (timedelta(minutes=5), timedelta(minutes=1)))
CAME_WHOLE = "damaged on the way, came whole later"
WAITS = _("the oldest download comes damaged")  # the reason of the line's wait


@dataclass(frozen=True)
class DamagedFile:
    """One file that is waited for: its name, since when and how often it came damaged, and the fault."""

    name: str
    since: datetime
    deliveries: int
    because: str


def note(row: InboxFile, words: str, *, now: datetime) -> bool:
    """Records a damaged delivery and raises an alarm if it keeps coming; returns whether to give the file up."""
    stored = InboxFile.objects.filter(pk=row.pk, state=InboxState.STORED)
    stored.update(reason=words[:500], damaged_at=Coalesce(F("damaged_at"), now))
    pending = _unacknowledged_files(row)
    found = pending.aggregate(deliveries=Sum("deliveries"), since=Min("damaged_at"))
    if found["since"] is None:  # another fetcher has just received it intact
        return False
    lasts = now - found["since"]
    extra = {"isp": row.isp_id, "download": row.pk, "deliveries": found["deliveries"]}
    logger.warning("download damaged", extra=extra)
    if found["deliveries"] >= SOME or lasts >= LASTS:
        open_alarm(ALARM, reference=row.name, detail=words, now=now)
    if pending.filter(given_up=True).exists():
        return True
    return found["deliveries"] >= SOME and lasts >= timedelta(hours=settings.MIIT_DAMAGED_HOURS)


def park(row: InboxFile, *, now: datetime) -> None:
    """Parks every delivery of a file that is given up for a person, with its bytes."""
    parked = _unacknowledged_files(row).filter(state=InboxState.STORED)
    if parked.update(state=InboxState.PARKED, processed_at=now):
        logger.error("damaged download given up", extra={"isp": row.isp_id, "download": row.pk})


def pause(row: InboxFile, *, now: datetime) -> None:
    """Pauses fetching, longer the longer the file comes damaged: it is downloaded each time, and blocks the others."""
    since = _unacknowledged_files(row).aggregate(since=Min("damaged_at"))["since"]
    lasts = next((lasts for age, lasts in PAUSES if since and now - since >= age), None)
    if lasts:
        MinistryLine.objects.filter(pk=row.isp_id).update(
            fetching_waits_until=now + lasts, fetching_waits_because=WAITS
        )


def heal(row: InboxFile, *, now: datetime) -> None:
    """The file came intact, or can be opened now: closes its damaged deliveries.

    It is as old as the first of them: what came after that is newer.
    """
    damaged = _damaged_files(row.isp_id).filter(name=row.name)
    if not damaged.exists():
        return
    recent = Q(state=InboxState.STORED) | Q(damaged_at__gt=now - NAME_IS_ITS)
    row.received_at = damaged.filter(recent).aggregate(first=Min("received_at"))["first"] or row.received_at
    InboxFile.objects.filter(pk=row.pk).update(received_at=row.received_at)
    damaged.filter(pk=row.pk).update(damaged_at=None, given_up=False, reason="")
    damaged.filter(recent).update(state=InboxState.PROCESSED, reason=CAME_WHOLE, processed_at=now)
    end_wait(row.isp_id)
    end_alarm(row.isp_id, now=now)


def end_alarm(isp_id: int, *, now: datetime | None = None) -> None:
    """Closes the alarm when every damaged file has come intact or was dealt with by hand."""
    if not _damaged_files(isp_id).exists():
        clear(ALARM, now=now)


def give_up(isp_id: int, name: str) -> bool:
    """Operations want this file acknowledged although damaged, at its next delivery; returns False when none waits."""
    found = waited_for(isp_id).filter(name=name).update(given_up=True)
    if found:
        end_wait(isp_id)
    return bool(found)


def end_wait(isp_id: int) -> None:
    """Makes the next round ask at once."""
    waits = MinistryLine.objects.filter(pk=isp_id, fetching_waits_because=WAITS)
    waits.update(fetching_waits_until=None, fetching_waits_because="")


def waited_for(isp_id: int) -> QuerySet[InboxFile]:
    """Damaged deliveries neither given up nor followed by an intact one."""
    return _damaged_files(isp_id).filter(state=InboxState.STORED)


def list_waited_for(isp_id: int) -> list[DamagedFile]:
    """The files of these deliveries, the oldest first."""
    files = waited_for(isp_id).order_by().values("name")
    found = files.annotate(since=Min("damaged_at"), times=Sum("deliveries"), because=Max("reason")).order_by("since")
    return [DamagedFile(row["name"], row["since"], row["times"], row["because"]) for row in found]


def _damaged_files(isp_id: int) -> QuerySet[InboxFile]:
    open_ones = (InboxState.STORED, InboxState.PARKED)
    return InboxFile.objects.filter(isp_id=isp_id, damaged_at__isnull=False, state__in=open_ones)


def _unacknowledged_files(row: InboxFile) -> QuerySet[InboxFile]:
    """Every damaged delivery of the file that the authority still holds."""
    return _damaged_files(row.isp_id).filter(name=row.name, acknowledged_at__isnull=True)
