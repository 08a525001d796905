"""A portal that was restored from a backup sends nothing until somebody says go (`manage.py restore --go`).

What left after the backup was made is not known to it: it would be sent a second time. An open alarm holds it back, so
that its pages, its health and whoever is alarmed say so.
"""

from datetime import datetime

from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm

CAUSE = "portal.restored"


class HeldBack(Exception):
    """The portal was restored, and nobody has said go."""

    def __init__(self) -> None:
        super().__init__("this portal was restored from a backup and sends nothing: say `manage.py restore --go`")


def hold(backup: str, *, now: datetime | None = None) -> bool:
    """From now on nothing leaves and no clock moves anything; False when that was so before."""
    return open_alarm(CAUSE, reference=backup, now=now)


def is_held() -> bool:
    return Alarm.objects.filter(cause=CAUSE, cleared_at__isnull=True).exists()


def refuse_if_held() -> None:
    """Raise `HeldBack` in what a person started."""
    if is_held():
        raise HeldBack


def go(*, now: datetime | None = None) -> bool:
    """Everything goes on; False when nothing was held."""
    return clear(CAUSE, now=now)
