"""Writes search keys and natures of orders saved before there were any, or by a version that did not write them."""

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
A_RUN = 1000  # orders in one run of the job
PASSED, ALL = "search.natures_passed", "all"  # cache key: the last order whose nature was written

logger = logging.getLogger(__name__)


@dataclass
class Totals:
    """How many orders got their keys, and which cannot be read."""

    kept: int = 0
    unreadable: int = 0


def fill(*, again: bool = False) -> Totals:
    """Writes the keys of orders that have none; with `again`, compares those of every order.

    Each order has its own transaction: what is done stays done if this is stopped.
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
    """Writes the nature of orders sent before it was stored, so many in a run; returns how many it looked at.

    The cache holds where the last run ended; if that is lost, it starts over.
    """
    orders = Order.objects.filter(submitted_at__isnull=False, nature="").order_by("pk")
    after = cache.get(PASSED)
    if after == ALL:
        return 0
    found = list((orders.filter(pk__gt=after) if after else orders).values_list("pk", flat=True)[:most])
    for pk in found:
        _keep_nature(pk)
    cache.set(PASSED, str(found[-1]) if len(found) == most else ALL, None)
    return len(found)


def _keep_nature(pk: UUID) -> None:
    """Writes one order's nature; one that cannot be read keeps none and does not hold up others."""
    try:
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=pk)
            _write_nature(order)
    except Unreadable:
        logger.warning("nature of an order unknown", extra={"order": str(pk)})


def _write_nature(order: Order) -> None:
    """Writes the nature of an order sent before lists could be narrowed by it."""
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
        # locked, or an order saved at this moment would get keys of its old values
        order = Order.objects.select_for_update().get(pk=pk)
        keep(order)
        _write_nature(order)
