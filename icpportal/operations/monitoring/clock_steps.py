"""Corrects rows written before the clock was set back: due at once then, they would be due later than intended."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from icpportal.codes.models import Allowance
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState
from icpportal.outbox.models import Message, State

logger = logging.getLogger(__name__)

AT_ONCE = timedelta(seconds=1)  # difference between the two moments of a row that was due when written
CLOCKS_DIFFER = timedelta(minutes=1)  # at most, between our processes
LOOKS_AGAIN = {"fetch_after": None, "sending_waits_until": None, "fetching_waits_until": None}


def catch_up(now: datetime) -> int:
    """Makes messages, reports and the next look at the ministry due now; returns how many rows.

    The windows of limits that began in the future begin now: a code that is refused cannot correct its own.

    Retries of earlier failures wait for as long as the clock was set back.
    """
    waiting = Message.objects.filter(_of_the_future("created_at", now), state=State.WAITING)
    queued = Report.objects.filter(_of_the_future("queued_at", now), state=ReportState.QUEUED)
    lines = MinistryLine.objects.filter(answered_at__gt=now)
    found = waiting.update(next_at=now) + queued.update(next_at=now)
    found += lines.update(**LOOKS_AGAIN, answered_at=now)
    found += Allowance.objects.filter(began_at__gt=now + CLOCKS_DIFFER).update(began_at=now)
    if found:
        logger.warning("the clock was set back", extra={"rows": found})
    return found


def _of_the_future(written: str, now: datetime) -> Q:
    return Q(**{f"{written}__gt": now, "next_at__gt": now, "next_at__lte": F(written) + AT_ONCE})
