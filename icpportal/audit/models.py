"""The audit chain: acts of staff and their first looks at people's data, each row bound to the one before it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditEntry(models.Model):
    """One act; written once, never changed (on PostgreSQL a trigger refuses it).

    `place`, `previous` and `digest` are set when the row is linked, right after its transaction: a lock on the end of
    the chain inside it would make everybody who acts wait for everybody else.
    """

    at = models.DateTimeField(pgettext_lazy("audit", "When"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("audit", "Who"),
        db_index=False,  # another index begins with it
    )
    act = models.CharField(pgettext_lazy("audit", "Act"), max_length=20)
    what = models.CharField(pgettext_lazy("audit", "Of what"), max_length=60, blank=True)
    reference = models.CharField(pgettext_lazy("audit", "Which"), max_length=80, blank=True)
    reason = models.CharField(pgettext_lazy("audit", "Reason"), max_length=200, blank=True)
    client = models.CharField(pgettext_lazy("audit", "From where"), max_length=45, blank=True)
    said = models.JSONField(
        pgettext_lazy("audit", "Said"), default=dict, blank=True
    )  # from and to state, and the desk's description of a change
    place = models.BigIntegerField(pgettext_lazy("audit", "Number"), null=True, unique=True)
    previous = models.CharField(
        pgettext_lazy("audit", "Digest of the one before"), max_length=64, blank=True, default=""
    )
    digest = models.CharField(pgettext_lazy("audit", "Digest"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(place__isnull=True), name="audit_not_linked"),
            models.Index(fields=["reference", "-id"], name="audit_reference"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["act", "-id"], name="audit_act"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.what} {self.reference}".strip()


class AuditCheckpoint(models.Model):
    """The end of the chain at a moment, signed with a key that is not in the database.

    Written once a day, and for the last row when the oldest rows are removed: `removed` rows are then gone, and the
    chain begins after it. Never changed, except for a new signature when the key is changed.
    """

    at = models.DateTimeField(default=timezone.now)
    place = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    removed = models.PositiveBigIntegerField(default=0)
    since = models.DateTimeField(null=True)  # period of the removed rows
    until = models.DateTimeField(null=True)
    signature = models.CharField(max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = _("audit checkpoint"), _("audit checkpoints")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.place} {self.at:%Y-%m-%d}"
