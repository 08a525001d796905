"""A phone upload (扫码上传): for a few minutes one phone may send pictures for a holder without signing in."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.blind_fields import BlindIndexField


class PhoneUpload(models.Model):
    """One link; its secret and that of the phone's cookie are stored as digests only."""

    holder = models.CharField(_("holder"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=20)
    digest = BlindIndexField(unique=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    device_digest = BlindIndexField(blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("phone upload link")
        verbose_name_plural = _("phone upload links")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "purpose"], condition=Q(ended_at=None), name="one_hand_off_per_holder_and_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_connected(self) -> bool:
        """Whether a phone has opened it."""
        return self.opened_at is not None
