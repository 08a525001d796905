"""An order's next date and its meaning: its deadline, when we answer, or when the authority usually has."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.database.row_reads import read_once
from icpportal.fields.types import Words
from icpportal.time_format import BEIJING
from icpportal.workdays.calendar import Calendar, calendar, end_of_answer
from transfers.durations.figures import Figure, figures
from transfers.durations.spans import AUTHORITY as AUTHORITYS_REVIEW
from transfers.models import Order
from transfers.orders import queries, review_time
from transfers.orders.expiry import is_over
from transfers.orders.history import postponed
from transfers.orders.kinds import state_of
from transfers.orders.rows import AUTHORITY
from transfers.pages.unreadable import build_safely

FINISH = _("Finish by")
OVER = _("Time ended on")
AHEAD = timedelta(days=90)


def next_date(order: Order) -> tuple[Words, datetime] | None:
    """Label and moment; None where nobody can say. Reads the work calendar only to count days."""
    return read_once(order, "next date", lambda: next_dates([order]).get(order.pk))


def calendar_for(order: Order, first: date, last: date) -> Calendar:
    """The work calendar of these years; the parts of an order's page read it once."""
    return read_once(order, ("calendar", first.year, last.year), lambda: calendar(first, last))


def next_dates(orders: Iterable[Order]) -> dict[UUID, tuple[Words, datetime]]:
    """The next dates of several orders by key, with as many queries as for one."""
    orders = list(orders)
    counted = _counted([order for order in orders if order.due_at is None])
    known = None
    if counted:
        days = [order.entered_at.astimezone(BEIJING).date() for order in counted]
        known = calendar_for(counted[0], min(days), max(days) + AHEAD)
    lately = _lately(counted)
    dated = [order for order in orders if order.due_at is not None or order in counted]
    found = {order.pk: build_safely(order, lambda: _of(order, known, lately)) for order in dated}  # noqa: B023 -- at once
    return {key: dated for key, dated in found.items() if dated is not None}


def _counted(orders: list[Order]) -> list[Order]:
    """Those whose answer has a date; a held order, or one postponed at the authority, has none."""
    promised = [order for order in orders if state_of(order).promised_by and not order.held]
    known = postponed(promised) if len(promised) > 1 else None
    return [order for order in promised if not _waits(order, known)]


def _waits(order: Order, known: set[UUID] | None) -> bool:
    is_postponed = queries.waits_for_other_decision(order) if known is None else order.pk in known
    return is_postponed or queries.waits_for_answer(order)


def _lately(orders: Iterable[Order]) -> dict[str, Figure]:
    """How long these orders' authorities have taken lately, by province, where enough is known."""
    provinces = {order.province for order in orders if state_of(order).promised_by == AUTHORITY}
    if not provinces:
        return {}
    return {province: each for (_stage, province), each in figures([AUTHORITYS_REVIEW], provinces).items()}


def _of(order: Order, known: Calendar | None, lately: dict[str, Figure]) -> tuple[Words, datetime] | None:
    state = state_of(order)
    if order.due_at is not None:
        return OVER if is_over(order) else state.date or FINISH, order.due_at
    if state.promised_by != AUTHORITY:
        return state.date, end_of_answer(order.entered_at, known=known)
    by_rules = review_time.usual_end(order, known)
    figure = lately.get(order.province)
    by_figures = [end_of_answer(order.entered_at, figure.most, known=known)] if figure else []
    # the date of most orders; a later one gets the rules' date, and after that there is none
    usually = next((end for end in (*by_figures, by_rules) if timezone.now() <= end), None)
    return (state.date, usually) if usually else None
