"""A person's consent (单独同意) to the use of pictures of their papers; kept as long as the record of the order is."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """Which text was agreed to, for whom, when and in which language. Withdrawn, not deleted."""

    holder = models.CharField(_("holder"), max_length=120)
    person_key = models.CharField(_("person"), max_length=80)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    client_index = models.CharField(max_length=64, blank=True)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "person_key", "version"],
                condition=Q(withdrawn_at=None),
                name="one_standing_consent_per_person_and_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_key} {self.version}"
