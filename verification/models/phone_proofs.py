"""Proof that a mobile receives our texts, before the ministry sends its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.masks import mask_mobile, readable
from icpportal.privacy.models import SealedModel


class PhoneProof(SealedModel):
    """The test of one person's mobile under one holder, passed or not yet. Another mobile voids it."""

    holder = models.CharField(_("holder"), max_length=80)
    person_key = models.CharField(_("person"), max_length=40)
    mobile_index = BlindIndexField(of="verification.phones.proofs.index_of")
    mobile = EncryptedTextField(_("mobile"))
    asked_at = models.DateTimeField(_("asked at"))
    proved_at = models.DateTimeField(_("verified at"), null=True)
    link_digest = BlindIndexField(blank=True)
    link_expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("phone test")
        verbose_name_plural = _("phone tests")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["holder", "person_key"], name="one_phone_proof_per_person"),
            models.UniqueConstraint(
                fields=["link_digest"], condition=~models.Q(link_digest=""), name="one_phone_proof_per_link"
            ),
        ]

    def __str__(self) -> str:
        return self.masked_mobile

    @property
    def masked_mobile(self) -> str:
        return readable(lambda: mask_mobile(self.mobile))

    @property
    def is_proved(self) -> bool:
        return self.proved_at is not None
