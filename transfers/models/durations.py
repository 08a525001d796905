"""How long what was approved has taken, day by day: counts alone, of no order in particular."""

from django.db import models
from django.utils import timezone


class CountedDay(models.Model):
    """A day whose approvals have been counted, and when that was last done."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DurationCount(models.Model):
    """How often a stage of orders approved on one day, in one province, took so many days."""

    day = models.DateField()
    province = models.CharField(max_length=2)
    stage = models.CharField(max_length=12)
    length = models.PositiveSmallIntegerField()  # in the days of its stage
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "province", "stage", "length"], name="one_count_of_a_length"),
        ]
        indexes = [models.Index(fields=["stage", "province", "day"], name="durations_of_stage")]

    def __str__(self) -> str:
        return f"{self.stage} {self.province} {self.day:%Y-%m-%d}: {self.length} d × {self.times}"
