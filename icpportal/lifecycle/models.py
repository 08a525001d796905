"""The columns of every row with a lifecycle, and of its history."""

from datetime import UTC
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from icpportal.privacy.fields import EncryptedTextField


class LifecycleModel(models.Model):
    """The lifecycle's columns. `state` is a column of the model itself, with its own choices.

    `version` grows with each move, so that of two concurrent ones only one counts; `due_at` is when the clock moves it.
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
    """One event of a row; append-only. The model itself adds the key of the row.

    `note` is a key of one of our tables, never text. `words` is what a person or the authority wrote. Rows of an
    earlier version have their text in `note` until `seal_papers` has run: `said` reads both.
    """

    thing_field: ClassVar[str]

    move = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    by = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    words = EncryptedTextField(blank=True, default="", db_default="", row_name="row_name")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d %H:%M}"

    @property
    def row_name(self) -> str:
        """What its words are bound to."""
        return f"{getattr(self, self.thing_field + '_id')}.{self.move}.{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}"

    @property
    def said(self) -> str:
        return self.words or self.note
