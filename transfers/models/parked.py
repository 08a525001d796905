"""Answers of the authority that fit no order as it stands now: a person has to look."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from transfers.models.order import CODES_LONGEST


class ParkedAnswer(models.Model):
    """One answer put aside with the reason; acknowledged, so that it never blocks the queue."""

    answer_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    report_key = models.CharField(max_length=40, db_index=True)
    code = models.CharField(max_length=CODES_LONGEST, blank=True)
    words = models.TextField(blank=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("parked answer"), _("parked answers")
        ordering = ["closed_at", "-at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.report_key}"
