"""An alarm: something operations must look at, from its first sighting until it is over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """One cause. At most one row of a cause is open; one that comes back after it was cleared is a new row."""

    cause = models.CharField(_("cause"), max_length=100)  # "sms.unknown", "deadlines.row_failed:Unreadable"
    reference = models.CharField(_("last seen at"), max_length=100, blank=True)  # of an order, a file, a message
    detail = models.CharField(_("detail"), max_length=200, blank=True)  # never personal: it is mailed one day
    opened_at = models.DateTimeField(_("opened"))
    seen_at = models.DateTimeField(_("last seen"))
    times = models.PositiveIntegerField(_("times"), default=1)
    cleared_at = models.DateTimeField(_("cleared"), null=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(cleared_at__isnull=True), name="alarm_open_once")
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="alarm_newest")]

    def __str__(self) -> str:
        return self.cause
