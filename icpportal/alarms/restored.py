"""Holds back a portal restored from a backup: it sends nothing until `manage.py restore --go`.

It does not know what was sent after the backup and would send it again. An open alarm holds it back, so that pages,
health checks and alarm receivers show it.
"""

from datetime import datetime

from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm
from icpportal.database.prepared import CompiledQuery

CAUSE = "portal.restored"
OPEN = CompiledQuery(lambda: Alarm.objects.filter(cause=CAUSE, cleared_at__isnull=True).values_list("cause"))


class HeldBack(Exception):
    """The portal was restored and not yet released."""

    def __init__(self) -> None:
        super().__init__("this portal was restored from a backup and sends nothing: say `manage.py restore --go`")


def hold(backup: str, *, now: datetime | None = None) -> bool:
    """Stops all sending and the clock; returns False when already held."""
    return open_alarm(CAUSE, reference=backup, now=now)


def is_held() -> bool:
    """Whether the portal was restored and not yet released."""
    return bool(OPEN.texts())


def refuse_if_held() -> None:
    """Raises `HeldBack`, for commands that people start."""
    if is_held():
        raise HeldBack


def go(*, now: datetime | None = None) -> bool:
    """Releases the portal; returns False when it was not held."""
    return clear(CAUSE, now=now)
