"""What an order is found by."""

from django.db import models

from icpportal.privacy.blind_fields import BlindIndexField
from transfers.models.order import Order

PATTERN = "varchar_pattern_ops"  # the beginning of a key is looked for as well; of no meaning to SQLite


class SearchKey(models.Model):
    """One value that finds an order: a keyed digest of what is personal, domains and filing numbers as they are.

    Written and replaced by `transfers.review.search.keys` alone, with the answers they are made of.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="search_keys", db_index=False)
    kind = models.CharField(max_length=20)  # a row of `PARTS` in transfers/review/search/keys.py
    key = BlindIndexField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind", "key"], name="one_search_key_a_value")]
        indexes = [models.Index(fields=["kind", "key"], opclasses=[PATTERN, PATTERN], name="search_key")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
