"""Checks of the filing type (验证备案类型) before there is an order, and objections."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.register.blind_keys import subject_key
from icpportal.database.references import random_reference
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.models import SealedModel
from transfers.models.order import Order


def unguessable() -> str:
    return random_reference(18)


class TypeCheck(SealedModel):
    """What was asked and what the system decided; an order starts from it, once."""

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answers = EncryptedJSONField(default=dict)
    outcome = models.CharField(max_length=20)
    differs = models.CharField(max_length=20, blank=True)  # in a mismatch, the differing part that may be named
    subject_number = models.CharField(max_length=40, blank=True)
    site_number = models.CharField(max_length=40, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.outcome

    @property
    def subject_key(self) -> str:
        """Computed from the document: a stored copy would be as old as the answers."""
        return subject_key(self.answers["id_type"], self.answers["id_number"])


class Objection(SealedModel):
    """Somebody says that an open order elsewhere is not rightful; a reviewer decides."""

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    domain = models.CharField(max_length=253)
    subject_key = BlindIndexField(copied=True)
    words = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # the order it was about when it arrived, its result, and the answer by language
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="objections")
    result = models.CharField(max_length=16, blank=True, default="", db_default="")
    answers = EncryptedJSONField(blank=True, default="", db_default="")

    class Meta:
        verbose_name, verbose_name_plural = _("objection"), _("objections")
        ordering = ["closed_at", "created_at"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(closed_at__isnull=True), name="objection_open"),
            models.Index(fields=["closed_at", "created_at", "-id"], name="objections_listed"),
        ]

    def __str__(self) -> str:
        return self.domain
