"""Wrong filing passwords, known by a keyed digest for a day, so that none is asked of the ministry twice."""

from django.db import models

from icpportal.privacy.blind_fields import BlindIndexField


class WrongPassword(models.Model):
    """One wrong value for one filing number; neither can be read back."""

    digest = BlindIndexField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
