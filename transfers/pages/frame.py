"""The one way in which a page of orders is drawn: a typed page in, a response out.

A template may use the fields of its page by their names, those of the frame beside them, and what every page of the
portal has (`icpportal.pages.context`). mypy sees both ends: what a page is made of, and what fills it.
"""

from dataclasses import dataclass, fields
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from icpportal.drafts.pages import draw
from transfers.models import Order
from transfers.pages import stages
from transfers.pages.order_summary import OrderSummary, order_summary
from transfers.pages.stages import Stepper

FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of an order: where the reader is, and which order it is."""

    order: Order
    stepper: Stepper
    slip: OrderSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one template may use."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInOrder(Page):
    """A page of one order."""

    frame: Frame


def frame(order: Order, stage: str | None = None) -> Frame:
    """The frame of a page of this order; its stepper stands on `stage`, or where the order stands."""
    return Frame(order, stages.stepper(order, stage), order_summary(order))


def render_page(request: HttpRequest, page: Page, *, status: int = 200, at: str = "") -> HttpResponse:
    """Draws the page with its template; a form that was refused leads to its address (or `at`) and is drawn there."""
    context = _named(page)
    if isinstance(around := getattr(page, FRAME, None), Frame):
        context |= _named(around)
    return draw(request, page.template, context, status=status, at=at)


def _named(page: Page | Frame) -> dict[str, object]:
    return {each.name: getattr(page, each.name) for each in fields(page) if each.name != FRAME}
