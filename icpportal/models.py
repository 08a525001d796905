"""The composition root's own rows: when each job last succeeded, and how each outside system answered."""

from django.db import models


class Heartbeat(models.Model):
    """One row for each job or outside system; `name` is the task's, or `gateway:` and the system's."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    well = models.BooleanField(default=True)
    trouble = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name
