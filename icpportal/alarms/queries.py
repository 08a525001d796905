"""Reads alarms."""

from django.db.models import QuerySet

from icpportal.alarms.models import Alarm


def open_alarms() -> QuerySet[Alarm]:
    """Open alarms, newest first."""
    return Alarm.objects.filter(cleared_at__isnull=True)


def being_told() -> QuerySet[Alarm]:
    """Alarms that operations were told are open, but not that they are over; few rows with their own index."""
    return Alarm.objects.filter(told_at__isnull=False, over_told_at__isnull=True)
