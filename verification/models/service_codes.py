"""Service codes (备案服务号): each ties one website to one instance; an account may hand over a free one."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.database.references import random_reference


class ServiceCodeState(models.TextChoices):
    """The states of a code; all but free and bound are final."""

    FREE = "free", pgettext_lazy("service code", "Free")
    BOUND = "bound", pgettext_lazy("service code", "In an order")
    USED = "used", pgettext_lazy("service code", "Used")
    EXPIRED = "expired", pgettext_lazy("service code", "Expired")
    REVOKED = "revoked", pgettext_lazy("service code", "Revoked")
    FORFEITED = "forfeited", pgettext_lazy("service code", "Cancelled with its order")


HELD = (ServiceCodeState.BOUND, ServiceCodeState.USED)


def unguessable() -> str:
    """The id of a code in addresses, where the code itself must not appear."""
    return random_reference(12)


class ServiceCode(models.Model):
    """One code of an instance. `slot` numbers the codes that the instance ever had; no slot is used twice."""

    code = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    instance_id = models.CharField(max_length=200)
    slot = models.PositiveSmallIntegerField()
    product = models.CharField(max_length=200)
    account = models.CharField(max_length=254, db_index=True)  # the instance's owner: User.customer
    kept_by = models.CharField(max_length=254, blank=True, db_index=True)  # handed over to; "" for `account`
    silent = models.BooleanField(default=False)  # issued by picking the instance, and never shown
    state = models.CharField(max_length=10, choices=ServiceCodeState.choices, default=ServiceCodeState.FREE)
    holder = models.CharField(max_length=80, blank=True)
    used_for = models.CharField(max_length=255, blank=True)
    issued_at = models.DateTimeField(default=timezone.now)
    bound_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(
        default=timezone.now, editable=False
    )  # when to ask whether its server has ended, while it is free

    class Meta:
        ordering = ["instance_id", "slot"]
        indexes = [
            models.Index(
                fields=["ask_at", "instance_id"],
                condition=models.Q(state=ServiceCodeState.FREE),
                name="service_code_to_ask",
            )
        ]
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
        """Whether an order has it or a website used it."""
        return self.state in HELD

    @property
    def is_free(self) -> bool:
        return self.state == ServiceCodeState.FREE

    @property
    def keeper(self) -> str:
        """The account that may use, hand over or revoke it."""
        return self.kept_by or self.account

    @property
    def masked(self) -> str:
        """`0000…0001`: enough to tell one's own codes apart."""
        return f"{self.code.hex[:4]}…{self.code.hex[-4:]}"


class HandoverState(models.TextChoices):
    """The states of a hand-over; all but offered are final."""

    OFFERED = "offered", pgettext_lazy("hand-over", "Waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "Accepted")
    DECLINED = "declined", pgettext_lazy("hand-over", "Declined")
    TAKEN_BACK = "taken_back", pgettext_lazy("hand-over", "Taken back")
    OVERTAKEN = "overtaken", pgettext_lazy("hand-over", "No longer possible")


class CodeHandover(models.Model):
    """One account offers a free code to another (转交), which accepts or declines it."""

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    code = models.ForeignKey(ServiceCode, on_delete=models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=HandoverState.choices, default=HandoverState.OFFERED)
    offered_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state=HandoverState.OFFERED), name="one_open_handover_per_code"
            ),
            models.CheckConstraint(condition=~models.Q(giver=models.F("taker")), name="handover_between_two"),
        ]
        verbose_name = _("hand-over of a service code")
        verbose_name_plural = _("hand-overs of service codes")

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("code-offer", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.state == HandoverState.OFFERED
