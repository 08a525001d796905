"""A clock that is ahead ends times too early: such jobs wait until it is set right, or a person says that it is.

A jump looks like a long pause of the portal: which of both it was cannot be known (as in `icpportal/backup/ages.py`).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from icpportal.alarms import restored
from icpportal.backup import database
from icpportal.gateways.errors import Retryable
from icpportal.operations import heartbeat

LONGEST_PAUSE = timedelta(days=7)  # of a portal that works; it notes each minute
APART = timedelta(hours=2)  # a clock set by an hour delays jobs, and no more
NOTE = "clock"
TRUST = "Check `date`; if it is right, run: manage.py clock --trust"


class ClockInDoubt(Retryable):
    """No time may end by this clock."""


def refuse_doubtful() -> None:
    """Raises `ClockInDoubt`, for jobs that end a time."""
    if why := doubt(timezone.now()):
        raise ClockInDoubt(why)


def doubt(now: datetime) -> str:
    """Why this host's clock, which says `now`, may be wrong; "" when it is trusted."""
    return differs() or _jump_words(now)


def differs() -> str:
    """How far this host's clock is from that of the database; "" when they agree."""
    ours, theirs = timezone.now(), database.clock()
    if abs(ours - theirs) <= APART:
        return ""
    return f"the clock of this host says {_words(ours)}, and that of the database says {_words(theirs)}"


def _jump_words(now: datetime) -> str:
    last = heartbeat.last_result(NOTE)
    if settings.DEMO or last is None or now - last.at <= LONGEST_PAUSE:
        return ""
    days = (now - last.at).days
    return f"the portal last worked at {_words(last.at)}, {days} days before the time of this host, {_words(now)}"


def note(now: datetime) -> None:
    """Remembers that the portal worked at this time, unless it is in doubt; who releases a restored portal sees it."""
    if restored.is_held() or not doubt(now):
        trust(now)


def trust(now: datetime) -> None:
    """Takes the clock for right: a person says so."""
    heartbeat.note(NOTE, "", now=now)


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
