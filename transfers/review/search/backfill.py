"""Keys and natures for orders that were written before there were any, or by a version that did not write them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from icpportal.privacy.crypto import Unreadable
from transfers.models import Order, SearchKey
from transfers.review.search.keys import keep

BATCH = 200


@dataclass
class Totals:
    """How many orders got their keys, and which cannot be read."""

    kept: int = 0
    unreadable: int = 0


def fill(*, again: bool = False) -> Totals:
    """Writes the keys of orders that have none; with `again` those of every order are compared.

    Each order is a transaction of its own: what was done stays done when this is stopped.
    """
    totals = Totals()
    for pk in _orders(again=again):
        try:
            _keep(pk)
        except Unreadable:
            totals.unreadable += 1
        else:
            totals.kept += 1
    return totals


def _orders(*, again: bool) -> Iterator[UUID]:
    orders = Order.objects.order_by("pk")
    if not again:
        orders = orders.filter(~Exists(SearchKey.objects.filter(order=OuterRef("pk"))))
    batch = list(orders.values_list("pk", flat=True)[:BATCH])
    while batch:
        yield from batch
        batch = list(orders.filter(pk__gt=batch[-1]).values_list("pk", flat=True)[:BATCH])


def _keep(pk: UUID) -> None:
    with transaction.atomic():
        # locked, or somebody who saves the order at this moment gets keys of what stood there before
        order = Order.objects.select_for_update().get(pk=pk)
        keep(order)
        if order.submitted_at and not order.nature:  # sent before the lists could be narrowed by it
            Order.objects.filter(pk=pk).update(nature=order.answer("type").get("nature", ""))
