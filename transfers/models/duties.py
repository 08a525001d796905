"""What the owner must still do after an approval, by when, and whether it is done; readings of home pages."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from filings.models import Website
from transfers.models.order import Order


class Duty(models.Model):
    """One duty of one approved order; `key` is a row of the table of duties."""

    # its unique constraint begins with the order
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="duties", db_index=False)
    key = models.CharField(max_length=30)
    due_on = models.DateField()
    remind_on = models.DateField()
    provisional = models.BooleanField(default=False)  # the holiday notice of a year it spans is not known yet
    counted_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="one_duty_of_a_kind")]
        indexes = [
            models.Index(fields=["order"], condition=Q(done_at__isnull=True), name="duty_open"),
            models.Index(
                fields=["remind_on"], condition=Q(done_at__isnull=True, reminded_at__isnull=True), name="duty_to_remind"
            ),
            models.Index(
                fields=["counted_at"], condition=Q(done_at__isnull=True, provisional=True), name="duty_provisional"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.due_on:%Y-%m-%d}"


class FooterCheck(models.Model):
    """The last reading of a website's home page. `outcome` is a row of `footer/outcomes.py`."""

    website = models.OneToOneField(Website, on_delete=models.CASCADE, related_name="footer_check")
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # when a worker last took it
    checked_at = models.DateTimeField(null=True)
    points_to = models.CharField(max_length=200, null=True)  # addresses of the domain; null when unknown
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(checked_at__isnull=True),
                name="footer_to_check",
            )
        ]

    def __str__(self) -> str:
        return f"{self.website_id}: {self.outcome or 'asked'}"
