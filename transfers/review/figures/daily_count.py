"""The daily count of the desk: what happened on a day, stored as numbers that name no order."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db.models import Model, QuerySet

from icpportal.time_format import MINUTE, to_beijing
from icpportal.workdays.calendar import Calendar, calendar, end_of_answer
from icpportal.workdays.hours import working_time
from transfers.durations import days
from transfers.models import DeskCount, DeskDay, FieldVerdict, Order, OrderEvent, ReviewerCount, ReviewRound
from transfers.orders.kinds import TRANSFERS
from transfers.review.figures.facts import ANSWERED, LATE, PART, REASON, Fact, Step, facts

WINDOW = timedelta(weeks=26)  # the page's longest period and the one before it
ORDERS_AT_ONCE = 500
LONGEST_WAIT = timedelta(days=400)
QUARTER = timedelta(minutes=15)
MOST_MINUTES = 30_000
MOST_SECONDS = 4 * 3600

Named = list[tuple[str, str]]  # parts returned, each with its reason's key; "" for a reviewer's own words
Of = tuple[str, str, str, int, int]  # province, figure, part, round, minutes


@dataclass(frozen=True, slots=True)
class _Round:
    """One round of review, as stored."""

    pk: int
    opened_at: datetime
    decided_at: datetime

    @property
    def seconds(self) -> int:
        return min(int((self.decided_at - self.opened_at).total_seconds()), MOST_SECONDS)


@dataclass(slots=True)
class _Counts:
    """What is counted on a day."""

    desk: Counter[Of]
    people: Counter[tuple[UUID, str, int]]  # reviewer, outcome, seconds


def count_days(*, now: datetime | None = None) -> int:
    """Counts the days not counted yet, earliest first; returns how many there were."""
    return days.count_days(DESK, now=now)


def count_day(day: date, *, now: datetime) -> None:
    """Counts one day; replaces an earlier count of it."""
    days.count_day(DESK, day, now=now)


def _count_rows(day: date) -> Iterator[Model]:
    counts = _Counts(Counter(), Counter())
    touched = _touched_orders(day)
    if touched:
        begin, _end = days.bounds(day)
        known = calendar((begin - LONGEST_WAIT).date(), day + timedelta(days=60))
        for start in range(0, len(touched), ORDERS_AT_ONCE):
            _add(counts, day, touched[start : start + ORDERS_AT_ONCE], known)
    for (province, figure, part, round_, minutes), times in sorted(counts.desk.items()):
        yield DeskCount(
            day=day, province=province, figure=figure, part=part, round=round_, minutes=minutes, times=times
        )
    for (reviewer, outcome, seconds), times in counts.people.items():
        yield ReviewerCount(day=day, reviewer_id=reviewer, outcome=outcome, seconds=seconds, times=times)


def events_on(day: date) -> QuerySet[OrderEvent]:
    """The events of this day in Beijing time, in no particular order."""
    begin, end = days.bounds(day)
    return OrderEvent.objects.filter(at__gte=begin, at__lt=end).order_by()


def _touched_orders(day: date) -> list[UUID]:
    """The orders with an event on this day."""
    return sorted(set(events_on(day).values_list("order_id", flat=True)))


def _add(counts: _Counts, day: date, touched: Sequence[UUID], known: Calendar) -> None:
    provinces = dict(Order.objects.filter(pk__in=touched, kind__in=TRANSFERS).values_list("pk", "province"))
    of_day = {order: [each for each in facts(steps) if _is_on(day, each)] for order, steps in _steps(provinces, day)}
    rounds = _rounds([order for order, each in of_day.items() if any(fact.since for fact in each)])
    named = _parts_returned(round_.pk for each in rounds.values() for round_ in each)
    for order, found in of_day.items():
        for fact in found:
            counts.desk.update(_keys(provinces[order], fact, known))
            if fact.since is not None:
                last = _last(rounds.get(order, []), fact.at)
                _add_answer(counts, provinces[order], fact, last, named.get(last.pk, []) if last else [])


def _keys(province: str, fact: Fact, known: Calendar) -> Iterator[Of]:
    """Where a fact is counted."""
    minutes = _minutes(fact, known)
    yield province, fact.figure, fact.part, fact.round, minutes
    if fact.figure == ANSWERED and fact.since and fact.at > end_of_answer(fact.since, known=known):
        yield province, LATE, fact.part, fact.round, 0


def _minutes(fact: Fact, known: Calendar) -> int:
    """How long it waited for us, rounded up to a quarter of an hour so that a day has few rows."""
    if fact.since is None:
        return 0
    quarters = -(-working_time(fact.since, fact.at, known=known) // QUARTER)
    return min(int(quarters * (QUARTER / MINUTE)), MOST_MINUTES)


def _add_answer(counts: _Counts, province: str, fact: Fact, last: _Round | None, named: Named) -> None:
    """Counts what an answer named, and whose answer it was."""
    for field, reason in named:
        counts.desk[province, PART, field, 0, 0] += 1
        counts.desk[province, REASON, reason, 0, 0] += 1
    if fact.actor is not None:
        counts.people[fact.actor, fact.part, last.seconds if last else 0] += 1


def _is_on(day: date, fact: Fact) -> bool:
    return to_beijing(fact.at).date() == day


def _steps(orders: Iterable[UUID], day: date) -> Iterator[tuple[UUID, list[Step]]]:
    """The history of each order up to the end of the day."""
    _begin, end = days.bounds(day)
    events = OrderEvent.objects.filter(order__in=list(orders), at__lt=end).order_by("order_id", "at", "pk")
    rows = events.values_list("order_id", "move", "to_state", "by", "actor_id", "at").iterator()
    for order, found in groupby(rows, key=lambda row: row[0]):
        yield order, [Step(*row[1:]) for row in found]


def _rounds(orders: Iterable[UUID]) -> dict[UUID, list[_Round]]:
    """The decided rounds of these orders, earliest first."""
    decided = ReviewRound.objects.filter(order__in=list(orders), decided_at__isnull=False)
    found = decided.order_by("order_id", "decided_at", "pk").values_list("order_id", "pk", "opened_at", "decided_at")
    rounds: dict[UUID, list[_Round]] = {}
    for order, pk, opened_at, decided_at in found:
        if decided_at is not None:
            rounds.setdefault(order, []).append(_Round(pk, opened_at, decided_at))
    return rounds


def _last(rounds: Sequence[_Round], at: datetime) -> _Round | None:
    """The round that this answer belongs to: the last one decided by this moment."""
    place = bisect_right(rounds, at, key=attrgetter("decided_at"))
    return rounds[place - 1] if place else None


def _parts_returned(rounds: Iterable[int]) -> dict[int, Named]:
    """What each round returned."""
    returned = FieldVerdict.objects.filter(round__in=list(rounds), verdict=FieldVerdict.RETURN)
    rows = returned.order_by("round_id", "place", "field").values_list("round_id", "field", "reason__key")
    return {
        pk: [(field, key or "") for _pk, field, key in found] for pk, found in groupby(rows, key=lambda row: row[0])
    }


DESK = days.DailyCount(DeskDay, (DeskCount, ReviewerCount), _count_rows, WINDOW)
