"""What waits for us now, and what has waited longer than promised: the only figures not about the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Min, Q, Value, When
from django.urls import reverse
from django.utils.http import urlencode

from icpportal.fields.types import Words
from icpportal.workdays.calendar import Calendar, end_of_answer
from icpportal.workdays.hours import working_time
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import TRANSFERS, in_group
from transfers.orders.queries import was_returned
from transfers.orders.rows import WE, Group
from transfers.review.baskets.due import LONGEST, over_before, over_words
from transfers.review.baskets.forms import ANY
from transfers.review.baskets.rows import AGAIN, SECOND, baskets, free, in_review
from transfers.second_look.queries import waiting


@dataclass(frozen=True, slots=True)
class Stage:
    """One of our baskets: its orders, how many have waited longer than promised, and since when the oldest."""

    label: Words
    url: str
    waiting: int
    over: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """All of our baskets together."""

    stages: list[Stage]
    over: int
    free: int  # of those, how many nobody has taken


def overdue(province: str, now: datetime, known: Calendar) -> Overdue:
    """What waits for us now, by basket; held orders wait for operations and are not counted."""
    ours = {state.key: state.queue for state in states.STATES if state.promised_by == WE}
    late = Q(entered_at__lt=over_before(now, known))
    left = Order.objects.filter(state__in=ours, kind__in=TRANSFERS, held=False)
    if province:
        left = left.filter(province=province)
    each = "entered_at"  # never null
    counted = left.values(basket=_basket(ours)).annotate(
        n=Count(each), over=Count(each, filter=late), free=Count(each, filter=late & free(now)), first=Min(each)
    )
    found = {row["basket"]: row for row in counted.order_by()}
    lists = reverse("admin:transfers_order_changelist")
    rows = [
        Stage(
            label=basket.label,
            url=f"{lists}?{urlencode({'queue': basket.key, 'province': province or ANY})}",
            waiting=row["n"],
            over=row["over"],
            oldest=_over_words(row["first"], now, known) if row["over"] else "",
        )
        for basket in baskets()
        if (row := found.get(basket.key))
    ]
    return Overdue(rows, sum(row.over for row in rows), sum(row["free"] for row in found.values()))


def _basket(ours: Mapping[str, str]) -> Case:
    """The key of the basket that an order is in, as its list decides; `ours` are the queues of our states."""
    return Case(
        # by key: the index that counts all others has it, and no row is read
        When(pk__in=Order.objects.filter(in_review(), waiting()).values("pk"), then=Value(SECOND.key)),
        When(in_group(Group.PAPERS_IN_REVIEW) & was_returned(), then=Value(AGAIN.key)),
        *(When(state=key, then=Value(queue)) for key, queue in ours.items()),
    )


def _over_words(entered: datetime, now: datetime, known: Calendar) -> str:
    """How much working time has passed since the answer was due, as in the list that the stage links to."""
    due = max(end_of_answer(entered, known=known), now - LONGEST)
    return over_words(working_time(due, now, known=known))
