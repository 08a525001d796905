"""Finding the order an address names: one's own, or 404; a time that is over is judged on the way."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from transfers import queries, states
from transfers.judging import judge
from transfers.models import Order


def own_order(request: HttpRequest, reference: str, *, kinds: tuple[str, ...] = states.TRANSFERS) -> Order:
    """The visitor's own order of these kinds; a stranger's is as if it did not exist."""
    own = Order.objects.select_related("owner").filter(owner=request.user, kind__in=kinds)
    return judge(get_object_or_404(own, reference=reference))


def its_end(user: Any, website: UUID) -> Order:
    """Where an address leads that was kept from before one's transfer of this website was cancelled; else 404."""
    order = queries.cancellation_of(user, website)
    if order is None:
        raise Http404
    return order
