"""What was found when a filed website was last looked at: where its domain points, and what its home page shows."""

from django.db import models
from django.db.models import Q

from filings.models import Website


class FooterCheck(models.Model):
    """The last time the owner of a website had its home page read. `outcome` is a row of `footer/outcomes.py`."""

    website = models.OneToOneField(Website, on_delete=models.CASCADE, related_name="footer_check")
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # when a worker last took it
    checked_at = models.DateTimeField(null=True)
    points_to = models.CharField(max_length=200, null=True)  # addresses of the domain; null where nobody could say
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
