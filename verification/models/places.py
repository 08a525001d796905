"""Designated places for the photo (核验拍照点): the list that staff keep, and each holder's choice."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PhotoPlace(models.Model):
    """One place, in both languages; it is switched off when it closes, never deleted."""

    region = models.CharField(_("City"), max_length=6, validators=[RegexValidator(r"^\d{6}$")])  # GB/T 2260
    name_zh = models.CharField(_("Name in Chinese"), max_length=30)
    name_en = models.CharField(_("Name in English"), max_length=60)
    address_zh = models.CharField(_("Address in Chinese"), max_length=60)
    address_en = models.CharField(_("Address in English"), max_length=100)
    hours_zh = models.CharField(_("Opening hours in Chinese"), max_length=40)
    hours_en = models.CharField(_("Opening hours in English"), max_length=60)
    phone = models.CharField(pgettext_lazy("place", "Phone"), max_length=20)
    active = models.BooleanField(pgettext_lazy("place", "Open"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("designated place"), _("designated places")
        ordering = ["region", "name_zh"]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def province(self) -> str:
        """Two digits."""
        return self.region[:2]


class PlaceChoice(models.Model):
    """The place that a holder chose; `ended_at` is set once the photo is sent or the holder's case is over."""

    holder = models.CharField(_("holder"), max_length=120, unique=True)
    place = models.ForeignKey(PhotoPlace, on_delete=models.PROTECT, related_name="choices")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.JSONField(default=dict)  # values for messages about it; nothing personal
    chosen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("choice of a place")
        verbose_name_plural = _("choices of places")

    def __str__(self) -> str:
        return self.holder
