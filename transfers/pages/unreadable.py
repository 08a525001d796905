"""Pages of orders that cannot be read: say so with the reference, and tell operations."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from icpportal.alarms import rows
from transfers.models import Order

Made = TypeVar("Made")
WORDS = _("Order %(ref)s cannot be read just now. We have been told and are putting it right")


def build_safely(order: Order, build: Callable[[], Made], *, passing: tuple[type[Exception], ...] = ()) -> Made | None:
    """The result of `build` for this order; None when it fails, after operations were told."""
    return rows.build_safely("pages.orders", order.pk, build, reference=order.reference, passing=passing)


def cannot_read(request: HttpRequest, order: Order) -> HttpResponse:
    """The page of an order that cannot be shown."""
    return render(request, "transfers/pages/cannot_read.html", {"order": order})
