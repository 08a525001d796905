"""The next date of an order and what it is for: its own deadline, when we answer, or when the authority usually has."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.moments import BEIJING
from icpportal.workdays.calendar import Calendar, calendar, end_of_answer
from transfers import queries, review_time, states
from transfers.cannot_read import shown
from transfers.judging import is_over

Words = str | Promise
FINISH = _("Finish by")
# what the order's own deadline ends
DEADLINES: dict[str, Words] = {
    states.DRAFT: _("Kept until"),
    states.RETURNED: _("Send again by"),
    states.PHOTO_DUE: _("Send the photo by"),
    states.LAPSED: _("Send again by"),
    states.AUTHORITY_RETURNED: _("Send again by"),
    states.PHONE_DUE: _("Confirm by"),
    states.COOLING_OFF: _("Can be stopped until"),
}
# what we promise ourselves
ANSWERS: dict[str, Words] = {
    states.SUBMITTED: _("We answer by"),
    states.PHOTO_REVIEW: _("We answer by"),
    states.HANDING_OVER: _("Handed over by"),
}
OVER = _("Time ended on")
USUALLY = _("Result usually by")
AHEAD = timedelta(days=90)


def next_date(order: Any) -> tuple[Words, datetime] | None:
    """The label and the moment; nothing where nobody can say. Asks the work calendar only where it counts days."""
    return next_dates([order]).get(order.pk)


def next_dates(orders: Iterable[Any]) -> dict[Any, tuple[Words, datetime]]:
    """The same of several orders by their keys, with one question to the work calendar at most."""
    orders = list(orders)
    counted = [order for order in orders if order.due_at is None and _is_counted(order)]
    known = None
    if counted:
        days = [order.entered_at.astimezone(BEIJING).date() for order in counted]
        known = calendar(min(days), max(days) + AHEAD)
    found = {order.pk: shown(order, lambda: _of(order, known)) for order in orders}  # noqa: B023 -- called at once
    return {key: date for key, date in found.items() if date is not None}


def _is_counted(order: Any) -> bool:
    """A hand-over that is held or waits for the authority, and the end of a cancellation, have no promised day."""
    promised = order.state in ANSWERS or order.state == states.AUTHORITY_REVIEW
    waits = queries.waits_for_answer(order) or queries.waits_for_other_decision(order)
    return promised and not order.held and order.kind != states.CANCELLATION and not waits


def _of(order: Any, known: Calendar | None) -> tuple[Words, datetime] | None:
    if order.due_at is not None:
        return OVER if is_over(order) else DEADLINES.get(order.state, FINISH), order.due_at
    if not _is_counted(order):
        return None
    if order.state in ANSWERS:
        return ANSWERS[order.state], end_of_answer(order.entered_at, known=known)
    usually = review_time.usual_end(order, known)
    return (USUALLY, usually) if timezone.now() <= usually else None  # then nobody can say
