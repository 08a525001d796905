"""Answers of the authority that fit no order: a person must look, and two may apply one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.desk.proposals import Proposable, by_a_second_person
from transfers.models.order import CODES_LONGEST


class ParkedAnswer(Proposable):
    """One answer put aside with the reason; it is acknowledged, so that it never blocks the queue.

    One person proposes to apply it and says why; another one applies it.
    """

    answer_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(_("Answer"), max_length=20)
    report_key = models.CharField(_("Report"), max_length=40, db_index=True)
    code = models.CharField(_("Code"), max_length=CODES_LONGEST, blank=True)
    words = models.TextField(_("The authority's words"), blank=True)
    reason = models.CharField(_("Why it is parked"), max_length=200)
    at = models.DateTimeField(_("Parked at"), default=timezone.now)
    closed_at = models.DateTimeField(_("Closed at"), null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Applied by")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("parked answer"), _("parked answers")
        ordering = ["closed_at", "-at"]
        indexes = [
            models.Index(fields=["at", "id"], condition=Q(closed_at__isnull=True), name="parked_answer_open"),
            models.Index(fields=["closed_at", "-at", "-id"], name="parked_answers_listed"),
        ]
        permissions = [("apply_parkedanswer", "Can propose and apply parked answers")]
        constraints = [by_a_second_person("applied_by", "applied_by_a_second_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.report_key}"
