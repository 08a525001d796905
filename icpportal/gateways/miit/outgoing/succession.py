"""Several reports of one order: only one at a time is with the authority, and a grant ends the later ones.

The authority keeps one access for each site and provider and refuses a second report while it has the first (1029,
1038). So a report waits in the queue until every earlier one of its order is answered or abandoned.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.models import Outcome, Report, ReportState
from icpportal.gateways.miit.types import AnswerKind

logger = logging.getLogger(__name__)

NO_NUMBER = (ReportState.QUEUED, ReportState.PARKED)
WITH_THEM = (ReportState.NUMBERED, ReportState.ACCEPTED)
LATE = "authority.report_unanswered"


def free_to_go(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Those of `rows` that wait for no earlier report, and whose order has no grant yet."""
    is_granted = Exists(_grants(OuterRef("reference"), OuterRef("kind")))
    return rows.exclude(Q(state__in=NO_NUMBER) & (Exists(EARLIER) | is_granted))


EARLIER = Report.objects.filter(
    reference=OuterRef("reference"), kind=OuterRef("kind"), pk__lt=OuterRef("pk"), state__in=WITH_THEM
)


def _grants(reference: str | OuterRef, kind: str | OuterRef) -> QuerySet[Outcome]:
    return Outcome.objects.filter(report__reference=reference, report__kind=kind, kind=AnswerKind.GRANTED)


def has_grant(row: Report) -> bool:
    """Whether the authority granted any report of this row's order."""
    return _grants(row.reference, row.kind).exists()


def waits_for(row: Report) -> Report | None:
    """The earlier report whose answer comes first; `None` when there is none, or this one is on its way already."""
    if row.state not in NO_NUMBER:
        return None
    earlier = Report.objects.filter(reference=row.reference, kind=row.kind, pk__lt=row.pk)
    return earlier.filter(state__in=WITH_THEM).order_by("pk").first()


def give_way(row: Report) -> bool:
    """Whether this accepted report is not sent again, because a later one of its order waits for it."""
    later = Report.objects.filter(reference=row.reference, kind=row.kind, pk__gt=row.pk, state__in=NO_NUMBER)
    if not later.exists():
        return False
    accepted = Report.objects.filter(pk=row.pk, state=ReportState.ACCEPTED)
    return bool(accepted.update(state=ReportState.SUPERSEDED))


def supersede(*references: str, kind: str = "", but: Report | None = None) -> int:
    """Cancels these orders' reports without a number; returns how many."""
    rows = Report.objects.filter(reference__in=references, state__in=NO_NUMBER)
    if kind:
        rows = rows.filter(kind=kind)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.update(state=ReportState.SUPERSEDED)


@dataclass(frozen=True)
class Waiting:
    """A report, the earlier one it waits for, and since when."""

    key: str
    reference: str
    earlier: str
    since: datetime
    is_late: bool

    def __str__(self) -> str:
        return f"{self.key} waits for the answer to {self.earlier} since {self.since:%Y-%m-%d %H:%M} UTC"


def waiting(now: datetime) -> list[Waiting]:
    """Every queued report that waits for the answer to an earlier one, oldest first."""
    first = Subquery(EARLIER.order_by("pk").values("key")[:1])
    rows = Report.objects.filter(state=ReportState.QUEUED).annotate(earlier=first).exclude(earlier=None)
    found = rows.order_by("queued_at", "pk").values_list("key", "reference", "earlier", "queued_at")
    late = now - timedelta(days=settings.MIIT_EARLIER_REPORT_DAYS)
    return [Waiting(key, reference, earlier, since, since <= late) for key, reference, earlier, since in found]


def watch(now: datetime) -> list[Waiting]:
    """Opens or clears the alarm about reports that wait too long; returns them."""
    late = [each for each in waiting(now) if each.is_late]
    for each in late:
        open_alarm(LATE, reference=each.earlier, detail=f"{each.key} waits", now=now)
    if not late:
        clear(LATE, now=now)
    return late


def give_up(row: Report, reason: str) -> None:
    """Stops waiting for its answer: the next report of its order may be sent. Raises `Refused`.

    An answer that arrives all the same still counts.
    """
    accepted = Report.objects.filter(pk=row.pk, state=ReportState.ACCEPTED)
    if not accepted.update(state=ReportState.SUPERSEDED, reason=reason[:500]):
        raise Refused(_("Only a report that the ministry accepted and has not answered can be given up."))
    logger.warning("report given up", extra={"reference": row.reference, "report": row.key, "reason": reason})
