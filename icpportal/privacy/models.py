"""Rows that hold personal data, and the record of who looked at it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class SealedModel(models.Model):
    """A row whose encrypted fields are bound to an id that is known before the first save."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class AccessNote(models.Model):
    """Who looked at which personal data, when and why; kept at least three years (PIPL 55, 56)."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    reference = models.CharField(max_length=80, db_index=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.reference}"
