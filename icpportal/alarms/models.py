"""Alarms, one row for each cause from the first sighting to the end, and rows that jobs have set aside."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Alarm(models.Model):
    """One cause. At most one row of a cause is open; a cause that returns gets a new row."""

    cause = models.CharField(_("cause"), max_length=100)  # "sms.unknown", "deadlines.row_failed:Unreadable"
    reference = models.CharField(_("last seen at"), max_length=100, blank=True)  # an order, a file, a message
    detail = models.CharField(_("detail"), max_length=200, blank=True)  # nothing personal: it is mailed
    opened_at = models.DateTimeField(_("opened"))
    seen_at = models.DateTimeField(_("last seen"))
    times = models.PositiveIntegerField(_("times"), default=1)
    cleared_at = models.DateTimeField(_("cleared"), null=True)
    told_at = models.DateTimeField(null=True, editable=False)  # when operations were told that it is open
    over_told_at = models.DateTimeField(null=True, editable=False)  # and that it is over

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(cleared_at__isnull=True), name="alarm_open_once")
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="alarm_newest"),
            models.Index(
                fields=["cause"], condition=Q(told_at__isnull=False, over_told_at__isnull=True), name="alarm_being_told"
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class SetAside(models.Model):
    """A row that its job could not do: left alone until `next_at`, deleted once done."""

    job = models.CharField(_("job"), max_length=60)  # "deadlines.due"
    key = models.CharField(max_length=100)  # the row's key in the job
    reference = models.CharField(_("reference"), max_length=100)  # for people
    cause = models.CharField(max_length=100)  # cause of its alarm
    trouble = models.CharField(_("trouble"), max_length=100)  # type of the exception
    tries = models.PositiveIntegerField(pgettext_lazy("set aside", "attempts"), default=1)
    since = models.DateTimeField(_("since"))
    next_at = models.DateTimeField(pgettext_lazy("set aside", "next try"))

    class Meta:
        verbose_name = _("row set aside")
        verbose_name_plural = _("rows set aside")
        ordering = ["-since", "-pk"]
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="set_aside_once")]
        indexes = [
            models.Index(fields=["-since", "-id"], name="set_aside_newest"),
            models.Index(fields=["cause"], name="set_aside_cause"),
        ]
        permissions = [("retry_setaside", "Can have rows that were set aside tried again")]

    def __str__(self) -> str:
        return f"{self.job} {self.reference}"
