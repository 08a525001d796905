"""Parked downloads that a person has read and dealt with: they need nobody any more."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit import damage
from icpportal.gateways.miit.models import InboxFile, InboxState


def close(row: InboxFile, *, now: datetime | None = None) -> None:
    """Counts as processed from now on, its reason stays; raises `Refused` when it is not parked."""
    moment = now or timezone.now()
    parked = InboxFile.objects.filter(pk=row.pk, state=InboxState.PARKED)
    if not parked.update(state=InboxState.PROCESSED, processed_at=moment):
        raise Refused(_("It is not parked."))
    damage.end_alarm(row.isp_id, now=moment)
