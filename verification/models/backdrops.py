"""Requests for a backdrop with its postal address, their events, and the stock."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.database.references import random_reference
from icpportal.lifecycle.models import LifecycleEvent, LifecycleModel
from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.masks import mask_mobile, mask_name, readable
from icpportal.privacy.models import SealedModel
from verification.models import backdrop_states as states


def unguessable() -> str:
    return random_reference(18)


class Backdrop(LifecycleModel, SealedModel):
    """A holder's request. Only `BACKDROP.apply` writes `state`; the address is erased afterwards."""

    kind = "backdrop"  # the lifecycle's table has one kind

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    holder = models.CharField(_("holder"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="backdrops", verbose_name=_("Account")
    )
    state = models.CharField(_("State"), max_length=12, default=states.REQUESTED)
    created_at = models.DateTimeField(_("Asked at"), default=timezone.now)
    entered_at = models.DateTimeField(_("Waiting since"), default=timezone.now)
    words = models.JSONField(default=dict)  # values for messages about it; nothing personal
    consented_at = models.DateTimeField(_("agreed at"), default=timezone.now)

    recipient = EncryptedTextField(_("Recipient"), blank=True)
    mobile = EncryptedTextField(_("Recipient's mobile"), blank=True)
    region = models.CharField(_("Region"), max_length=6, blank=True)
    region_name = models.CharField(_("Region"), max_length=120, blank=True)
    address = EncryptedTextField(_("Street address"), blank=True)
    company = EncryptedTextField(_("Company"), blank=True)

    courier = models.CharField(_("Courier"), max_length=40, blank=True)
    tracking = models.CharField(_("Courier's number"), max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("request for a backdrop"), _("requests for backdrops")
        ordering = ["entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(state__in=states.ON_THE_WAY),
                name="one_backdrop_on_its_way_per_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "entered_at"], name="backdrops_to_post"),
            models.Index(fields=["entered_at", "id"], name="backdrops_by_age"),
            models.Index(fields=["holder", "-created_at"], name="backdrops_of_holder"),
            models.Index(fields=["entered_at"], condition=~Q(region=""), name="backdrops_with_address"),
            models.Index(fields=["tracking"], name="backdrops_by_parcel"),
        ]
        permissions = [("post_backdrop", "Can post backdrops")]

    def __str__(self) -> str:
        return readable(lambda: f"{mask_name(self.recipient)} {mask_mobile(self.mobile)}")


class BackdropEvent(LifecycleEvent):
    """One event of a request; append-only."""

    thing_field = "backdrop"
    backdrop = models.ForeignKey(Backdrop, on_delete=models.PROTECT, related_name="events")


class BackdropStock(models.Model):
    """The number of backdrops in stock; one row."""

    count = models.PositiveIntegerField(_("In stock"), default=0)
    expected_on = models.DateField(_("More expected on"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("stock of backdrops")

    def __str__(self) -> str:
        return str(self.count)
