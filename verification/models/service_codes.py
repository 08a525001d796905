"""Service codes (备案服务号): each ties one website to one instance of the provider's."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ServiceCodeState(models.TextChoices):
    """Where a code stands in its life; used, expired and revoked are for good."""

    FREE = "free", pgettext_lazy("service code", "Free")
    BOUND = "bound", pgettext_lazy("service code", "In an order")
    USED = "used", pgettext_lazy("service code", "Used")
    EXPIRED = "expired", pgettext_lazy("service code", "Expired")
    REVOKED = "revoked", pgettext_lazy("service code", "Revoked")


HELD = (ServiceCodeState.BOUND, ServiceCodeState.USED)


class ServiceCode(models.Model):
    """One code of an instance. `slot` counts the codes the instance ever had: no slot is given out twice."""

    code = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instance_id = models.CharField(max_length=200)
    slot = models.PositiveSmallIntegerField()
    product = models.CharField(max_length=200)
    account = models.CharField(max_length=254, db_index=True)  # who has the instance, lower case
    silent = models.BooleanField(default=False)  # issued by picking the instance; nobody was shown it
    state = models.CharField(max_length=10, choices=ServiceCodeState.choices, default=ServiceCodeState.FREE)
    holder = models.CharField(max_length=80, blank=True)
    used_for = models.CharField(max_length=255, blank=True)
    issued_at = models.DateTimeField(default=timezone.now)
    bound_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["instance_id", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["instance_id", "slot"], name="service_code_slot_once"),
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(state=ServiceCodeState.BOUND), name="service_code_one_a_holder"
            ),
            models.CheckConstraint(condition=models.Q(slot__gte=1), name="service_code_slot_from_one"),
            models.CheckConstraint(
                condition=(models.Q(state__in=HELD) & ~models.Q(holder=""))
                | (~models.Q(state__in=HELD) & models.Q(holder="")),
                name="service_code_holder_while_held",
            ),
        ]
        verbose_name = _("service code")
        verbose_name_plural = _("service codes")

    def __str__(self) -> str:
        return f"{self.instance_id} {self.slot}"

    @property
    def in_hand(self) -> bool:
        """True while an order has it or a website used it."""
        return self.state in HELD
