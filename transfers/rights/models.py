"""What people asked for about their own data, until it is carried out and as the record that it was."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ConsentWithdrawal(models.Model):
    """A person of an order has taken back a consent; open until the order is closed and the pictures are deleted."""

    order = models.ForeignKey("transfers.Order", on_delete=models.PROTECT, related_name="consent_withdrawals")
    role = models.CharField(max_length=20)  # whose consent: subject_lead or administrator
    on_own_phone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "role"], condition=Q(done_at__isnull=True), name="one_open_withdrawal_a_person"
            )
        ]
        indexes = [models.Index(fields=["at", "id"], condition=Q(done_at__isnull=True), name="withdrawal_open")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.role}"


class Closure(models.Model):
    """Somebody wants the account closed: since when it is shut, and since when all is erased that may be."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="closure")
    at = models.DateTimeField(default=timezone.now)
    shut_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at", "id"], condition=Q(done_at__isnull=True), name="closure_open")]

    def __str__(self) -> str:
        return f"closure {self.pk}"
