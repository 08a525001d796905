"""Keys and natures for orders that were written before there were any, or by a version that did not write them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef

from icpportal.privacy.crypto import Unreadable
from transfers.models import Order, SearchKey
from transfers.review.search.keys import keep

BATCH = 200
A_RUN = 1000  # orders of one run of the job
PASSED, ALL = "search.natures_passed", "all"  # up to which order natures were written

logger = logging.getLogger(__name__)


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


def fill_natures(*, most: int = A_RUN) -> int:
    """Write the nature of orders that a version before was sent, so many in a run; how many were looked at.

    Where the last run ended is kept in the cache: if that is lost, every order is passed once more.
    """
    orders = Order.objects.filter(submitted_at__isnull=False, nature="").order_by("pk")
    after = cache.get(PASSED)
    if after == ALL:
        return 0
    found = list((orders.filter(pk__gt=after) if after else orders).values_list("pk", flat=True)[:most])
    for pk in found:
        _keep_nature(pk)
    cache.set(PASSED, found[-1] if len(found) == most else ALL, None)
    return len(found)


def _keep_nature(pk: UUID) -> None:
    """Of an order that cannot be read it stays unknown; others are not held up by it."""
    try:
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=pk)
            _write_nature(order)
    except Unreadable:
        logger.warning("nature of an order unknown", extra={"order": str(pk)})


def _write_nature(order: Order) -> None:
    """Orders sent before lists could be narrowed by it have none."""
    if order.submitted_at and not order.nature:
        Order.objects.filter(pk=order.pk).update(nature=order.answer("type").get("nature", ""))


def _orders(*, again: bool) -> Iterator[UUID]:
    orders = Order.objects.order_by("pk")
    if not again:
        orders = orders.filter(~Exists(SearchKey.objects.filter(order=OuterRef("pk"))), erased_at=None)
    batch = list(orders.values_list("pk", flat=True)[:BATCH])
    while batch:
        yield from batch
        batch = list(orders.filter(pk__gt=batch[-1]).values_list("pk", flat=True)[:BATCH])


def _keep(pk: UUID) -> None:
    with transaction.atomic():
        # locked, or somebody who saves the order at this moment gets keys of what stood there before
        order = Order.objects.select_for_update().get(pk=pk)
        keep(order)
        _write_nature(order)
