"""Refusals of staff: a wrong second factor, an address of the desk that is not theirs; many raise an alarm."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from icpportal.alarms.actions import open_alarm
from icpportal.audit.actions import append
from icpportal.audit.models import AuditEntry
from icpportal.audit.words import REFUSED

if TYPE_CHECKING:
    from icpportal.accounts.models import User

SECOND_FACTOR = "second factor"
HOUR = timedelta(hours=1)


def note_refusal(user: "User", what: str, *, client: str = "") -> None:
    """Records the refusal; raises an alarm from `REFUSALS_AN_HOUR` of one person in an hour."""
    now = timezone.now()
    append(REFUSED, actor=user, what=what, client=client, now=now)
    lately = AuditEntry.objects.filter(act=REFUSED, actor=user, at__gt=now - HOUR)
    if lately.count() >= settings.REFUSALS_AN_HOUR:
        open_alarm("audit.refused_often", reference=str(user.pk), detail=what, now=now)
