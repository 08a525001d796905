"""One-time codes, and counters of attempts. Neither contains a code, an address or a number in clear."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.blind_fields import BlindIndexField

MAX_ATTEMPTS = 5


class Channel(models.TextChoices):
    """How a code is sent."""

    SMS = "sms", _("Text message")
    EMAIL = "email", _("Email")


class Code(models.Model):
    """A code that was sent: its purpose, holder, expiry, and how often it was tried."""

    purpose = models.CharField(_("Purpose"), max_length=40)
    holder = models.CharField(max_length=120)
    digest = BlindIndexField()
    destination = BlindIndexField(db_index=True)
    number_range = models.CharField(max_length=7, blank=True, default="")  # a range of ten thousand mobiles
    channel = models.CharField(_("Sent by"), max_length=8, choices=Channel.choices)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    created_at = models.DateTimeField(_("Sent at"), default=timezone.now)
    expires_at = models.DateTimeField(_("Can be used until"), db_index=True)
    spent_at = models.DateTimeField(_("Used at"), null=True)
    spent_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("One-time code")
        verbose_name_plural = _("One-time codes")
        indexes = [models.Index(fields=["purpose", "holder", "-id"], name="code_of_holder")]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.pk}"

    @property
    def left(self) -> int:
        """How many attempts this code still allows."""
        return max(0, MAX_ATTEMPTS - self.attempts)


class Allowance(models.Model):
    """How often a key has used a limit since its window began."""

    name = models.CharField(max_length=60)
    key = BlindIndexField()
    used = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="one_allowance_per_key")]
        indexes = [models.Index(fields=["key"], name="allowance_key")]

    def __str__(self) -> str:
        return f"{self.name} {self.used}"


class CacheRow(models.Model):
    """A cache value while Redis is unreachable: when somebody tried, never who. The key is a blind index."""

    key = BlindIndexField(primary_key=True)
    value = models.TextField()
    expires_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.key[:8]
