"""Wrong filing passwords as keyed digests, kept for a day, so that the ministry is not asked about one twice."""

from django.db import models

from icpportal.privacy.blind_fields import BlindIndexField


class WrongPassword(models.Model):
    """One wrong value for one filing number; neither can be recovered."""

    digest = BlindIndexField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
