"""A person's consent (单独同意) to the use of pictures of their documents; kept as long as the order's record."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.masks import mask_mobile, readable
from icpportal.privacy.models import SealedModel


class Consent(models.Model):
    """Which text was agreed to, for whom, when and in which language. Withdrawn, never deleted."""

    holder = models.CharField(_("holder"), max_length=120)
    person_key = BlindIndexField(_("person"), copied=True, max_length=80)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    client_index = BlindIndexField(blank=True)
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


class ConsentRequest(SealedModel):
    """A request for consent on the person's own phone; one row a holder, about the person and mobile last asked."""

    AGREED, DECLINED, WITHDRAWN = "agreed", "declined", "withdrawn"

    holder = models.CharField(_("holder"), max_length=120, unique=True)
    person_key = BlindIndexField(_("person"), copied=True, max_length=80)
    mobile = EncryptedTextField(_("mobile"))
    mobile_index = BlindIndexField(of="verification.phones.proofs.index_of")
    digest = BlindIndexField(unique=True)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("valid until"))
    answer = models.CharField(_("answer"), max_length=10, blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("request for consent")
        verbose_name_plural = _("requests for consent")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return readable(lambda: mask_mobile(self.mobile))

    @property
    def is_open(self) -> bool:
        """Whether the link can still be answered."""
        return not self.answer and self.expires_at > timezone.now()
