"""A draft of one page."""

from django.conf import settings
from django.db import models

from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedJSONField
from icpportal.privacy.models import SealedModel


class PageDraft(SealedModel):
    """What one reader typed into one page and did not save, with the page's last answer; independent of orders."""

    key = BlindIndexField(unique=True)  # a blind index of reader and URL
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=40, blank=True, db_index=True)
    typed = EncryptedJSONField(default=dict)
    typed_at = models.DateTimeField(null=True)
    reply = EncryptedJSONField(default=dict)
    replied_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.holder or str(self.pk)
