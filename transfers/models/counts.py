"""Daily counts that name no order: how long orders took, and what the review desk did."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CountedDay(models.Model):
    """A day whose approvals were counted, and when last."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DurationCount(models.Model):
    """How many orders approved on one day in one province took this long for a stage."""

    day = models.DateField()
    province = models.CharField(max_length=2)
    stage = models.CharField(max_length=12)
    length = models.PositiveSmallIntegerField()  # in the stage's kind of days
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "province", "stage", "length"], name="one_count_of_a_length"),
        ]
        indexes = [models.Index(fields=["stage", "province", "day"], name="durations_of_stage")]

    def __str__(self) -> str:
        return f"{self.stage} {self.province} {self.day:%Y-%m-%d}: {self.length} d × {self.times}"


class DeskDay(models.Model):
    """A day of the desk that was counted, and when last."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DeskCount(models.Model):
    """How often something happened on one day, by province, part, round and working time taken."""

    day = models.DateField()
    province = models.CharField(max_length=2)
    figure = models.CharField(max_length=12)  # what is counted: a name of `transfers.review.figures.facts`
    part = models.CharField(max_length=60)  # the outcome, the key of the reason, or the part of the order
    round = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()  # working time, rounded up to a quarter of an hour
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "province", "figure", "part", "round", "minutes"], name="one_count_of_the_desk"
            ),
        ]
        indexes = [models.Index(fields=["figure", "day"], name="desk_figure_of_day")]

    def __str__(self) -> str:
        return f"{self.figure} {self.part} {self.province} {self.day:%Y-%m-%d} × {self.times}"


class ReviewerCount(models.Model):
    """How often one person made one decision on one day, and how long the cases were open for it."""

    day = models.DateField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12)
    seconds = models.PositiveIntegerField()  # from opening to decision; 0 where not measured
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "reviewer", "outcome", "seconds"], name="one_count_of_a_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.outcome} {self.day:%Y-%m-%d} × {self.times}"
