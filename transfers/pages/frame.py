"""The one function that draws pages of orders: a typed page in, a response out.

A template may use the fields of its page, those of the frame, and what every page of the portal has
(`icpportal.pages.context`). mypy checks both how a page is built and how it is used.
"""

from dataclasses import dataclass, fields
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from icpportal.drafts.pages import draw
from icpportal.fields.components import OrderSlip
from transfers.models import Order
from transfers.pages import stages
from transfers.pages.order_summary import order_summary
from transfers.pages.stages import Stepper

FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page of an order: the reader's place in it, and its summary."""

    order: Order
    stepper: Stepper
    slip: OrderSlip


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a template may use."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInOrder(Page):
    """A page of one order."""

    frame: Frame


def frame(order: Order, stage: str | None = None) -> Frame:
    """The frame of a page of this order; the stepper is at `stage`, or at the order's present one."""
    return Frame(order, stages.stepper(order, stage), order_summary(order))


def render_page(request: HttpRequest, page: Page, *, status: int = 200, at: str = "") -> HttpResponse:
    """Draws the page with its template; a refused form is redirected to its address (or `at`) and drawn there."""
    context = _context_of(page)
    if isinstance(around := getattr(page, FRAME, None), Frame):
        context |= _context_of(around)
    return draw(request, page.template, context, status=status, at=at)


def _context_of(page: Page | Frame) -> dict[str, object]:
    return {each.name: getattr(page, each.name) for each in fields(page) if each.name != FRAME}
