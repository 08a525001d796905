"""Why the line to the ministry rests: it waits until a moment, or is stopped until operations resume it.

Sending and fetching do so separately, each with its own alarms; a refused account stops both.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from icpportal.alarms.actions import clear, open_alarm
from icpportal.fields.language_marks import labelled
from icpportal.fields.types import Column, Fact
from icpportal.gateways.miit.codes.return_codes import BOTH, DOWN, NO_ANSWER, Addressee, Reaction, Way
from icpportal.gateways.miit.line import polling
from icpportal.gateways.miit.models import MinistryLine

logger = logging.getLogger(__name__)

STOPPED = "ministry.stopped"  # the alarm when both directions are stopped
RESTED: dict[Way, dict[str, Column]] = {
    way: {f"{way}_waits_until": None, f"{way}_waits_because": "", f"{way}_tries": 0} for way in BOTH
}
GOES_ON: dict[Way, dict[str, Column]] = {
    way: {**RESTED[way], f"{way}_stopped_at": None, f"{way}_stopped_because": ""} for way in BOTH
}


def pause_reason(code: int | str, words: str) -> str:
    """A reason as stored on the line: the code first, then English words."""
    return f"{code}: {words}"


def translated_reason(reason: str) -> str:
    """A stored reason in the reader's language."""
    code, colon, words = reason.partition(": ")
    return labelled(code, gettext(words)) if colon else reason and gettext(reason)


def is_paused(line: MinistryLine, now: datetime) -> str:
    """Why nothing may be sent now; "" when it may."""
    if line.sending_stopped_at:
        return line.sending_stopped_because
    if line.sending_waits_until and line.sending_waits_until > now:
        return line.sending_waits_because
    return ""


def wait(
    line: MinistryLine,
    code: int,
    row: Reaction,
    *,
    now: datetime,
    said: str = "",
    way: Way = Way.SENDING,
    why: str = "",
) -> datetime:
    """Pauses this direction as the code's row says, with an alarm if it says so."""
    until = row.until(now, tries=getattr(line, f"{way}_tries"), said=said)
    reason = why or pause_reason(code, row.words)
    tell_wait(line, way, code, reason, row.told, until=until, now=now)
    _rest(line, way, until, reason)
    return until


def tell_wait(
    line: MinistryLine, way: Way, code: int, reason: str, told: Addressee, *, until: datetime, now: datetime
) -> None:
    """Records a wait; one that operations must know of is an alarm until it ends, each new reason its own."""
    logger.info(f"{way} waits", extra={"isp": line.isp_id, "returned": code, "until": until.isoformat()})
    if getattr(line, f"{way}_waits_because") != reason:
        clear(waits(way), now=now)
    if told == Addressee.OPERATIONS:
        open_alarm(waits(way), reference=f"ispId {line.isp_id}", detail=str(code), now=now)


def waits(way: Way) -> str:
    """The alarm of a wait."""
    return f"ministry.{way}_waits"


def stop_alarm(ways: Iterable[Way]) -> str:
    """The alarm of a stop."""
    found = tuple(ways)
    return STOPPED if set(found) == set(BOTH) else f"ministry.{found[0]}_stopped"


def wait_for_answer(line: MinistryLine, way: Way, *, now: datetime) -> datetime:
    """The ministry is unreachable: waits a little longer each time."""
    until = now + DOWN[min(getattr(line, f"{way}_tries"), len(DOWN) - 1)]
    logger.warning("the ministry does not answer", extra={"isp": line.isp_id, "until": until.isoformat()})
    _rest(line, way, until, NO_ANSWER)
    return until


def _rest(line: MinistryLine, way: Way, until: datetime, reason: str) -> None:
    waits: dict[str, Column] = {f"{way}_waits_until": until, f"{way}_waits_because": reason[:500]}
    if way == Way.FETCHING:
        waits["fetch_after"] = None  # the wait is the pause
    MinistryLine.objects.filter(pk=line.pk).update(**waits, **{f"{way}_tries": F(f"{way}_tries") + 1})


def clear_wait_alarm(line: MinistryLine, way: Way, *, now: datetime) -> None:
    """Closes the alarm of a wait that has ended; call it before the wait is removed from the line."""
    if getattr(line, f"{way}_waits_because"):
        clear(waits(way), now=now)


def stop(isp_id: int, reason: str, ways: tuple[Way, ...], *, now: datetime, **facts: Fact) -> bool:
    """Stops these directions until `resume`, with an alarm; returns whether one was not stopped before."""
    open_alarm(stop_alarm(ways), reference=f"ispId {isp_id}", detail=reason.partition(":")[0], now=now)
    changed = 0
    for way in ways:
        at, why = f"{way}_stopped_at", f"{way}_stopped_because"
        moving = MinistryLine.objects.filter(pk=isp_id, **{f"{at}__isnull": True})
        changed += moving.update(**{at: now, why: reason[:500]})
    if changed:
        extra = {"isp": isp_id, "ways": " and ".join(ways), **facts}
        logger.warning("the line to the ministry is stopped", extra=extra)
    return bool(changed)


def resume(isp_id: int, ways: Iterable[Way] = BOTH) -> bool:
    """Operations resume these directions: clears stops and waits; returns whether there is such a line."""
    ways = tuple(ways)
    columns = {name: value for way in ways for name, value in GOES_ON[way].items()}
    if Way.FETCHING in ways:
        columns |= polling.news(timezone.now())
    found = MinistryLine.objects.filter(pk=isp_id).update(**columns)
    for way in ways:
        clear(stop_alarm((way,)))
        clear(waits(way))
    if not MinistryLine.objects.filter(pk=isp_id).exclude(sending_stopped_at=None, fetching_stopped_at=None).exists():
        clear(STOPPED)
    return bool(found)
