"""Reads alarms."""

from django.db.models import QuerySet

from icpportal.alarms.models import Alarm


def open_alarms() -> QuerySet[Alarm]:
    """What is not over yet, the newest first."""
    return Alarm.objects.filter(cleared_at__isnull=True)
