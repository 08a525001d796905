"""Which document answers which slot of an order."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from transfers.models.order import Order


class OrderDocument(models.Model):
    """A document in a slot; it counts until `retired_at`. Earlier ones that were ready stay on record."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="papers")
    slot = models.CharField(max_length=30)
    side = models.PositiveSmallIntegerField(default=1)
    # what it was made for: the answers a sheet was printed from, the person whose document it shows; a photo of
    # Shanghai's app: the code it was fetched by
    mark = models.CharField(max_length=16, blank=True)
    document = models.ForeignKey("verification.Document", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)
    # what was put in its place, if this one was ready: it is held until that has been examined
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "slot", "side"], condition=Q(retired_at__isnull=True), name="one_paper_per_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot}.{self.side}"
