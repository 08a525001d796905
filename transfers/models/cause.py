"""Cancellations for cause by the provider: one person requests, another decides."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS_LONGEST = 200


class Cause(models.TextChoices):
    """Why the provider ends an access."""

    SHELL_SITE = "shell_site", _("Shell website: it is not hosted here")
    EXPIRED_SERVER = "expired_server", _("Its server has expired")
    FAILED_CHECK = "failed_check", _("Problems found in a check were not fixed")
    OWNER_ASKED = "owner_asked", _("The owner asked for it, and a reviewer confirmed the owner's identity")


class CauseCancellation(models.Model):
    """One request for a cancellation; its asker cannot decide it."""

    APPROVED, DECLINED, WITHDRAWN, FAILED = "approved", "declined", "dropped", "failed"
    DECISIONS = (
        ("", pgettext_lazy("request", "Waiting for a second person")),
        (APPROVED, pgettext_lazy("request", "Approved")),
        (DECLINED, pgettext_lazy("request", "Declined")),
        (WITHDRAWN, pgettext_lazy("request", "Withdrawn")),
        (FAILED, pgettext_lazy("request", "Could not be done")),
    )

    website = models.ForeignKey(
        "filings.Website", on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("register", "Website")
    )
    cause = models.CharField(pgettext_lazy("request", "Cause"), max_length=20, choices=Cause.choices)
    words = models.CharField(_("What was found, for colleagues"), max_length=WORDS_LONGEST)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Asked by")
    )
    asked_at = models.DateTimeField(_("Asked at"), default=timezone.now)
    decision = models.CharField(pgettext_lazy("request", "Decision"), max_length=10, blank=True, choices=DECISIONS)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Decided by")
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    order = models.ForeignKey(
        "transfers.Order", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Order")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("cancellation for cause"), _("cancellations for cause")
        ordering = ["decided_at", "-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="decided_by_a_second_person"),
            models.UniqueConstraint(fields=["website"], condition=Q(decision=""), name="one_open_request_a_website"),
        ]

    def __str__(self) -> str:
        """The request's name where no domain may appear: in logs and on pages for all staff."""
        return f"#{self.pk}"
