"""Calls to the people of an order: who is called about what, when next, and how each attempt ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.models import SealedModel
from transfers.models.order import Order
from transfers.models.typecheck import Objection


class Call(SealedModel):
    """A call to be made until it is done. No number is stored: it is read from the order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="calls")
    # set when the call is to the person who objects, not to one of the order
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="calls", null=True)
    role = models.CharField(max_length=16)  # whose number: a role of `transfers/calls/people.py`
    part = models.CharField(max_length=60, blank=True)  # what it is about: "subject.lead_name", "paper.lead_id"
    about = EncryptedTextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField()
    is_booked = models.BooleanField(default=False)  # the applicant chose this time
    missed = models.PositiveSmallIntegerField(default=0)
    # grace period after the notice of missed calls; a booking within it answers the notice
    grace_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    result = models.CharField(max_length=12, blank=True)  # a row of `transfers/calls/outcomes.py`

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "role"],
                condition=Q(ended_at__isnull=True, objection__isnull=True),
                name="one_open_call_a_person",
            ),
            models.UniqueConstraint(
                fields=["objection"], condition=Q(ended_at__isnull=True), name="one_open_call_an_objection"
            ),
        ]
        indexes = [models.Index(fields=["next_at", "id"], condition=Q(ended_at__isnull=True), name="call_open")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.role}"


class CallAttempt(SealedModel):
    """One attempt to reach somebody; append-only."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=12)
    note = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.call_id} {self.outcome}"
