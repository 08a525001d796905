"""Who still has to verify a phone for the ministry (短信核验), as far as is known."""

from django.db import models

from icpportal.privacy.masks import mask_mobile
from transfers.models.order import Order


class PhoneCheck(models.Model):
    """One person of one report: what the authority tells, or what the applicant stated where it tells nothing."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="phone_checks", db_index=False)
    report = models.PositiveIntegerField()
    role = models.CharField(max_length=20)  # subject_lead, administrator, both
    mobile_masked = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    stated_at = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "report", "role"], name="one_check_per_person")]
        ordering = ["role"]

    def __str__(self) -> str:
        return f"{self.role} {mask_mobile(self.mobile_masked)}"

    @property
    def is_done(self) -> bool:
        return bool(self.confirmed_at or self.stated_at)


class PhoneWindow(models.Model):
    """When the register of phones was last asked about an order's latest report, answered, and was wanted.

    Only open windows have one; without a row it was never asked.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="phone_window")
    tried_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # the recorded state is at least as new as this
    looked_at = models.DateTimeField(null=True)  # when its owner last looked at one of its pages

    def __str__(self) -> str:
        return f"{self.order_id}"


class PhoneRegister(models.Model):
    """The state of asking the register of phones: the lease of a round, and a pause after silence. One row."""

    holder = models.CharField(max_length=80, blank=True)
    leased_until = models.DateTimeField(null=True)
    silences = models.PositiveIntegerField(default=0)  # rounds without an answer, in a row
    waits_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.silences}"
