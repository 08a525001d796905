"""Finding the order an address names: one's own, or 404; a time that is over is judged on the way."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from transfers.judging import judge
from transfers.models import Order


def own_order(request: HttpRequest, reference: str) -> Order:
    """The visitor's own order; a stranger's is as if it did not exist."""
    order = get_object_or_404(Order.objects.select_related("owner"), reference=reference, owner=request.user)
    return judge(order)
