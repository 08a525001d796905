"""What each reviewer did, by name and never ranked; people with too few decisions are not shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.workdays.calendar import Calendar
from transfers.durations.figures import within
from transfers.models import Order
from transfers.review.baskets.due import over_before
from transfers.review.figures.charts.figure import Table, percent_words
from transfers.review.figures.periods import Period
from transfers.review.figures.queries import FEW, Person, people

HALF = 50
BAR = 100  # length of the longest bar


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One reviewer: decisions, and a bar that compares them with the most by one person."""

    name: str
    decided: int
    width: int
    returned: str
    open_for: str
    has_now: int
    over: int  # of these, longer than promised


@dataclass(frozen=True, slots=True)
class People:
    """The rows that the reader may see, and what is left out."""

    rows: list[PersonRow]
    too_few: int  # people with fewer than `FEW` decisions
    is_own: bool  # only the reader's row is shown


def people_of(period: Period, now: datetime, known: Calendar, only: User | None = None) -> People:
    """Everybody with enough decisions, or one person alone."""
    found = people(period, only)
    shown = [person for person in found if person.decided >= FEW]
    most = max((person.decided for person in shown), default=1)
    has_now = _has_now(shown, now, known)
    rows = [_row(person, most, has_now) for person in shown]
    return People(rows, len(found) - len(shown), is_own=only is not None)


def _row(person: Person, most: int, has_now: Mapping[UUID, tuple[int, int]]) -> PersonRow:
    held, over = has_now.get(person.pk, (0, 0))
    return PersonRow(
        name=person.name,
        decided=person.decided,
        width=round(BAR * person.decided / most),
        returned=percent_words(person.returned.percent),
        open_for=_clock(within(person.seconds, HALF)) if person.seconds else "",
        has_now=held,
        over=over,
    )


def _has_now(shown: list[Person], now: datetime, known: Calendar) -> dict[UUID, tuple[int, int]]:
    """How many orders each of them has at this moment, and how many of those are overdue."""
    held = Order.objects.filter(reviewer__in=[person.pk for person in shown], claimed_until__gt=now)
    late = Count("pk", filter=Q(entered_at__lt=over_before(now, known)))
    rows = held.order_by().values_list("reviewer").annotate(n=Count("pk"), over=late)
    return {pk: (n, over) for pk, n, over in rows}


def _clock(seconds: int) -> str:
    """A time like `3:05`."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def table_of(people: People) -> Table:
    """The same rows for a file."""
    head = [
        _("Reviewer"),
        _("Decided"),
        _("Returned"),
        _("Half of the cases open for, min:s"),
        _("Has now"),
        _("Overdue now"),
    ]
    return Table(
        head, [[row.name, row.decided, row.returned, row.open_for, row.has_now, row.over] for row in people.rows]
    )
