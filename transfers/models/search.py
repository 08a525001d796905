"""The keys by which orders are found."""

from django.db import models

from icpportal.privacy.blind_fields import BlindIndexField
from transfers.models.order import Order

PATTERN = "varchar_pattern_ops"  # for searches by prefix; SQLite ignores it


class SearchKey(models.Model):
    """One value by which an order is found: a keyed digest of personal data, or a plain domain or filing number.

    Only `transfers.review.search.keys` writes them, together with the answers they are made of.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="search_keys", db_index=False)
    kind = models.CharField(max_length=20)  # a row of `PARTS` in transfers/review/search/keys.py
    key = BlindIndexField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind", "key"], name="one_search_key_a_value")]
        indexes = [models.Index(fields=["kind", "key"], opclasses=[PATTERN, PATTERN], name="search_key")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
