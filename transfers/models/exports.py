"""Lists of orders exported as files: who asked for which, why, and who allowed it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone


class ListExport(models.Model):
    """One list as a file. One with many rows waits for a second person; each can be fetched once."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    because = models.CharField(max_length=200)
    query = models.CharField(max_length=400, blank=True)  # the filter of the list, without "mine" and "me"
    words = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # the filter in words, by language
    rows = models.PositiveIntegerField()
    keys = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # the orders listed
    file_type = models.CharField(max_length=8)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(default=False, db_default=False)
    expires_at = models.DateTimeField()  # the end of the time to answer or, once allowed, to fetch it
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="exports_by_a_second_person"
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="export_expires")]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"export {self.pk}"
