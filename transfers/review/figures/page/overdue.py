"""What waits for us now, and what has waited longer than promised: the only figures not about the past."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse

from icpportal.fields.types import Words
from icpportal.workdays.calendar import Calendar, end_of_answer
from icpportal.workdays.hours import working_time
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import TRANSFERS
from transfers.orders.rows import WE
from transfers.review.baskets.due import LONGEST, over_before, over_words
from transfers.review.baskets.rows import free


@dataclass(frozen=True, slots=True)
class Stage:
    """One of our stages: its orders, how many have waited longer than promised, and since when the oldest."""

    label: Words
    url: str
    waiting: int
    over: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """All of our stages together."""

    stages: list[Stage]
    over: int
    free: int  # of those, how many nobody has taken


def overdue(province: str, now: datetime, known: Calendar) -> Overdue:
    """What waits for us now, by stage; held orders wait for operations and are not counted."""
    ours = {state.key: state for state in states.STATES if state.promised_by == WE}
    late = Q(entered_at__lt=over_before(now, known))
    waiting = Order.objects.filter(state__in=ours, kind__in=TRANSFERS, held=False)
    if province:
        waiting = waiting.filter(province=province)
    each = "entered_at"  # never null and in the index of open orders: no row is read
    counted = waiting.values("state").annotate(
        n=Count(each), over=Count(each, filter=late), free=Count(each, filter=late & free(now)), first=Min(each)
    )
    found = {row["state"]: row for row in counted.order_by()}
    rows = [
        Stage(
            label=state.queue_label or state.label,
            url=f"{reverse('admin:transfers_order_changelist')}?queue={state.queue}",
            waiting=row["n"],
            over=row["over"],
            oldest=_over_words(row["first"], now, known) if row["over"] else "",
        )
        for key, state in ours.items()
        if (row := found.get(key))
    ]
    return Overdue(rows, sum(row.over for row in rows), sum(row["free"] for row in found.values()))


def _over_words(entered: datetime, now: datetime, known: Calendar) -> str:
    """How much working time has passed since the answer was due, as in the list that the stage links to."""
    due = max(end_of_answer(entered, known=known), now - LONGEST)
    return over_words(working_time(due, now, known=known))
