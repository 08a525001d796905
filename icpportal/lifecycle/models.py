"""The columns that every row with a life has, and those of its history."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class LifecycleModel(models.Model):
    """Where a row stands in its life. `state` is a column of the model itself, with the states of its own table.

    `version` grows with each move, so that two moves at once do not both count; `due_at` is when the clock moves it.
    """

    kind: models.CharField | str
    state: models.CharField
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    entered_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class LifecycleEvent(models.Model):
    """One thing that happened to a row; appended, never changed. The model itself adds the key of the row."""

    move = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    by = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d %H:%M}"
