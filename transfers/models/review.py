"""What the provider's reviewers decided, round by round, kept for ever."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.models import SealedModel
from transfers.models.order import Order


class ReturnReason(models.Model):
    """A reason for returning a field, in both languages, so that everybody uses the same words."""

    key = models.SlugField(unique=True, max_length=40)
    fields = models.CharField(max_length=300, blank=True, help_text="Field or slot keys it fits, separated by spaces")
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=240)
    short_zh = models.CharField(max_length=18)
    short_en = models.CharField(max_length=38)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("reason for returning"), _("reasons for returning")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.text_zh

    def as_told(self) -> dict[str, dict[str, str]]:
        """Its words as they are now, by language and form; a verdict keeps them."""
        return {
            "zh": {"text": self.text_zh, "short": self.short_zh},
            "en": {"text": self.text_en, "short": self.short_en},
        }


class ReviewRound(models.Model):
    """One look of a reviewer at an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="rounds_are_counted")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.number}"


class FieldVerdict(SealedModel):
    """What a round said about one field or slot; the value as it stood is kept to show old beside new."""

    OK = "ok"
    RETURN = "return"

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="verdicts")
    field = models.CharField(max_length=60)  # "subject.lead_name", "paper.lead_id", "photo"
    verdict = models.CharField(max_length=8)
    reason = models.ForeignKey(ReturnReason, null=True, on_delete=models.PROTECT, related_name="+")
    # the reason's words as they went out: the catalogue is edited later
    told = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    words = models.CharField(max_length=200, blank=True)
    value = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "field"], name="one_verdict_per_field")]

    def __str__(self) -> str:
        return f"{self.field}: {self.verdict}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.reason is not None and not self.told:
            self.told = self.reason.as_told()
        super().save(*args, **options)


class ReviewDraft(SealedModel):
    """What one reviewer has typed into the case page in one round and not used yet, by the names of its fields."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="drafts")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()  # the number that the round will bear when it is decided
    typed = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "reviewer", "round"], name="one_draft_a_reviewer_and_round")
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.round}"
