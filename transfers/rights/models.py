"""People's requests about their own data, until they are carried out and as a record afterwards."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.models import SealedModel


class ConsentWithdrawal(models.Model):
    """A withdrawn consent of a person in an order; open until the order is closed and its pictures deleted."""

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
    """A request to close the account: since when it is shut, and since when everything erasable is erased."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="closure")
    at = models.DateTimeField(default=timezone.now)
    shut_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at", "id"], condition=Q(done_at__isnull=True), name="closure_open")]

    def __str__(self) -> str:
        return f"closure {self.pk}"


class DataExport(models.Model):
    """A copy of one's own data: requested, built by a worker, fetched, and deleted with its row when it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField(default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # common name of its sealed parts, their number, and the total size
    stored_name = models.CharField(max_length=120, blank=True)
    parts = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ready_at__isnull=True, failed_at__isnull=True),
                name="one_export_in_the_making_an_account",
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(ready_at__isnull=True, failed_at__isnull=True),
                name="export_to_build",
            ),
            models.Index(fields=["ready_at"], condition=Q(ready_at__isnull=False), name="export_ready"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether a worker still has to do something for it."""
        return self.ready_at is None and self.failed_at is None


class CorrectionRequest(SealedModel):
    """A person says that something in an order or a filing is wrong, and what it should be."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("transfers.Order", null=True, on_delete=models.PROTECT, related_name="+")
    website = models.ForeignKey("filings.Website", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=20)  # a row of `corrections.ITEMS`
    words = EncryptedTextField(pgettext_lazy("correction", "What it should be"))
    asked_at = models.DateTimeField(pgettext_lazy("correction", "Received"), default=timezone.now)
    due_at = models.DateTimeField(pgettext_lazy("correction", "Answer due"))
    outcome = models.CharField(max_length=10, blank=True, default="")  # "" while it is open
    answer = EncryptedTextField(pgettext_lazy("correction", "Answer"), blank=True, default="")
    closed_at = models.DateTimeField(pgettext_lazy("correction", "Answered"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("correction", "Answered by"),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("correction request"), _("correction requests")
        ordering = [models.F("closed_at").asc(nulls_first=True), "due_at"]  # open ones first, on both databases
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=True) ^ Q(website__isnull=True), name="correction_of_an_order_or_a_filing"
            )
        ]
        indexes = [models.Index(fields=["closed_at", "due_at"], name="correction_by_due")]
        permissions = [("answer_correctionrequest", _("Can answer correction requests"))]

    def __str__(self) -> str:
        return self.order.reference if self.order else str(self.website)
