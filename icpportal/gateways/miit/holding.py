"""Why the line to the ministry rests: it waits until a moment, or stands still until operations let it go on."""

import logging
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext

from icpportal.gateways.miit.models import Line
from icpportal.gateways.miit.reactions import DOWN, NO_ANSWER, Reaction, Told

logger = logging.getLogger(__name__)

RESTED = {"sending_waits_until": None, "sending_waits_because": "", "sending_tries": 0}
GOES_ON = {
    **RESTED,
    "fetching_waits_until": None,
    "fetching_waits_because": "",
    "stopped_at": None,
    "stopped_because": "",
}


def because(code: int | str, words: str) -> str:
    """A reason as it is kept on the line: the code first, then English words."""
    return f"{code}: {words}"


def shown(reason: str) -> str:
    """A kept reason in the reader's language."""
    code, colon, words = reason.partition(": ")
    return f"{code}: {gettext(words)}" if colon else reason and gettext(reason)


def resting(line: Line, now: datetime) -> str:
    """Why nothing may be sent now; nothing when it may."""
    if line.stopped_at:
        return line.stopped_because
    if line.sending_waits_until and line.sending_waits_until > now:
        return line.sending_waits_because
    return ""


def wait(line: Line, code: int, row: Reaction, *, now: datetime, said: str = "") -> datetime:
    """Let sending wait as the row of the code says; operations are alarmed when the reason is a new one."""
    until = row.until(now, tries=line.sending_tries, said=said)
    reason = because(code, row.words)
    facts = {"isp": line.isp_id, "returned": code, "until": until.isoformat()}
    if row.told == Told.OPERATIONS and line.sending_waits_because != reason:
        logger.error("sending waits", extra=facts)
    else:
        logger.info("sending waits", extra=facts)
    _rest(line, until, reason)
    return until


def wait_for_answer(line: Line, *, now: datetime) -> datetime:
    """The ministry cannot be reached: wait a little longer each time."""
    until = now + DOWN[min(line.sending_tries, len(DOWN) - 1)]
    logger.warning("the ministry does not answer", extra={"isp": line.isp_id, "until": until.isoformat()})
    _rest(line, until, NO_ANSWER)
    return until


def _rest(line: Line, until: datetime, reason: str) -> None:
    Line.objects.filter(pk=line.pk).update(
        sending_waits_until=until, sending_waits_because=reason, sending_tries=F("sending_tries") + 1
    )


def stop(isp_id: int, reason: str, *, now: datetime, **facts: object) -> bool:
    """Nothing more for this ispId until `let_go_on`; the alarm sounds once. Whether it was not stopped before."""
    stopped = Line.objects.filter(pk=isp_id, stopped_at__isnull=True).update(
        stopped_at=now, stopped_because=reason[:500]
    )
    if stopped:
        logger.error("the line to the ministry is stopped", extra={"isp": isp_id, **facts})
    return bool(stopped)


def let_go_on(isp_id: int) -> bool:
    """Operations say that it may go on: no stop, no waits. Whether there is such a line."""
    return bool(Line.objects.filter(pk=isp_id).update(**GOES_ON))
