"""What a page makes of an order that breaks it: that it cannot be read, its reference, and that operations know."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from icpportal.alarms import rows
from transfers.models import Order

Made = TypeVar("Made")
WORDS = _("Order %(ref)s cannot be read just now. We have been told and are putting it right")


def shown(order: Order, build: Callable[[], Made], *, passing: tuple[type[Exception], ...] = ()) -> Made | None:
    """What `build` makes of this order; None when the order breaks it, and operations have been told."""
    return rows.shown("pages.orders", order.pk, build, reference=order.reference, passing=passing)


def cannot_read(request: HttpRequest, order: Order) -> HttpResponse:
    """The page of an order that cannot be shown."""
    return render(request, "transfers/pages/cannot_read.html", {"order": order})
