"""Reads alarms."""

from django.db.models import QuerySet

from icpportal.alarms.models import Alarm


def open_alarms() -> QuerySet[Alarm]:
    """What is not over yet, the newest first."""
    return Alarm.objects.filter(cleared_at__isnull=True)


def being_told() -> QuerySet[Alarm]:
    """What operations had a message about and none that it is over; few rows, by an index of their own."""
    return Alarm.objects.filter(told_at__isnull=False, over_told_at__isnull=True)
