"""Backdrops that wait to be posted, counted by the index of states."""

from django.core.cache import cache
from django.db.models import Count, Min

from transfers.review.baskets.counts import BasketCount
from transfers.review.worklists.calls import KNOWN_FOR
from verification.models import Backdrop
from verification.models.backdrop_states import REQUESTED

COUNTED = "desk.parcels"


def count_parcels() -> BasketCount:
    """How many wait, and since when the oldest does; a single query."""
    waiting = Backdrop.objects.filter(state=REQUESTED)
    return BasketCount(**waiting.aggregate(waiting=Count("pk"), first=Min("entered_at")))


def parcels_now() -> BasketCount:
    """The same for the first page: counted again after half a minute."""
    return cache.get_or_set(COUNTED, count_parcels, KNOWN_FOR) or BasketCount()
