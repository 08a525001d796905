"""What the daily counts say about a period, in a few queries: how much, how long, where, and who."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from icpportal.accounts.models import User
from icpportal.privacy.masks import mask_email
from transfers.models import DeskCount, DurationCount, ReviewerCount
from transfers.review.figures.facts import ANSWERED, ARRIVED, LATE, PART, PASSED, PHONES, PHOTO, REASON, RETURNED
from transfers.review.figures.periods import Period

FEW = 20  # from fewer nothing is concluded, and no person is shown
BY_DAY = (ARRIVED, ANSWERED, LATE, PHOTO, PHONES)


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often something happened on one day."""

    figure: str
    part: str
    round: int
    day: date
    times: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in a period and in the one before it."""

    period: Period
    rows: list[DayCount]
    waits: Mapping[date, Mapping[int, int]]  # by day: minutes → how many first answers took that long

    def total(self, period: Period, figure: str, *parts: str, first: bool = False) -> int:
        """How often it happened in a period, in one of these ways; with `first`, in first rounds only."""
        return sum(row.times for row in self._of(figure, parts, first=first) if row.day in period)

    def by_day(self, figure: str, *parts: str, first: bool = False) -> Counter[date]:
        """The same by day, of both periods."""
        found: Counter[date] = Counter()
        for row in self._of(figure, parts, first=first):
            found[row.day] += row.times
        return found

    def by_round(self, period: Period, figure: str, part: str) -> Counter[int]:
        """How often it happened in each round."""
        found: Counter[int] = Counter()
        for row in self._of(figure, (part,), first=False):
            found[row.round] += row.times if row.day in period else 0
        return found

    def minutes(self, days: Iterable[date]) -> Counter[int]:
        """How long first answers took on these days."""
        found: Counter[int] = Counter()
        for day in days:
            found.update(self.waits.get(day, {}))
        return found

    def _of(self, figure: str, parts: tuple[str, ...], *, first: bool) -> Iterable[DayCount]:
        return (
            row
            for row in self.rows
            if row.figure == figure and (not parts or row.part in parts) and not (first and row.round > 1)
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    times: int
    of: int

    @property
    def is_few(self) -> bool:
        """Whether there are too few to conclude anything."""
        return self.of < FEW

    @property
    def percent(self) -> int:
        return round(100 * self.times / self.of) if self.of else 0


@dataclass(slots=True)
class Places:
    """What differs by province, and what returns named."""

    returned: dict[str, Rate] = field(default_factory=dict)  # of first answers, by province
    reasons: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Person:
    """What one reviewer decided in a period."""

    pk: UUID
    name: str
    outcomes: Mapping[str, int]
    seconds: Mapping[int, int]  # seconds → how many cases were open that long, where measured

    @property
    def decided(self) -> int:
        return sum(self.outcomes.values())

    @property
    def returned(self) -> Rate:
        return Rate(self.outcomes.get(RETURNED, 0), self.decided)


def counts(period: Period, province: str) -> Counts:
    """The counts of a period and of the one before, of one province or, for "", of all."""
    rows = _within(period.before.first, period.end, province)
    found = rows.filter(figure__in=BY_DAY).values_list("figure", "part", "round", "day").annotate(n=Sum("times"))
    waits: dict[date, dict[int, int]] = {}
    first = rows.filter(figure=ANSWERED, round=1).values_list("day", "minutes").annotate(n=Sum("times"))
    for day, minutes, times in first:
        waits.setdefault(day, {})[minutes] = times
    return Counts(period, [DayCount(*row) for row in found], waits)


def places(period: Period, province: str) -> Places:
    """Returns by province, of all provinces; their reasons and parts, of one province or of all."""
    wanted = Q(figure=ANSWERED, round=1) | Q(figure__in=(REASON, PART))
    rows = _within(period.first, period.end).filter(wanted)
    found, answers = Places(), Counter[tuple[str, bool]]()
    named = {REASON: found.reasons, PART: found.parts}
    for figure, code, part, times in rows.values_list("figure", "province", "part").annotate(n=Sum("times")):
        if figure == ANSWERED:
            answers[code, part == RETURNED] += times
        elif province in ("", code):
            named[figure][part] += times
    for code in {code for code, _is_returned in answers}:
        returned = answers[code, True]
        found.returned[code] = Rate(returned, returned + answers[code, False])
    return found


def lengths(first: date, stages: Iterable[str]) -> dict[tuple[str, str], Counter[int]]:
    """How long the stages took of what was approved since this day, by stage and province."""
    rows = DurationCount.objects.filter(stage__in=list(stages), day__gte=first)
    found: dict[tuple[str, str], Counter[int]] = {}
    for stage, province, length, times in rows.values_list("stage", "province", "length").annotate(n=Sum("times")):
        found.setdefault((stage, province), Counter())[length] += times
    return found


def people(period: Period, only: User | None = None) -> list[Person]:
    """Who decided something in a period, by name; or one person alone."""
    rows = ReviewerCount.objects.filter(day__gte=period.first, day__lt=period.end)
    if only is not None:
        rows = rows.filter(reviewer=only)
    outcomes: dict[tuple[UUID, str], Counter[str]] = {}
    seconds: dict[UUID, Counter[int]] = {}
    columns = ("reviewer_id", "reviewer__name", "reviewer__email", "outcome", "seconds")
    for pk, name, email, outcome, open_for, times in rows.values_list(*columns).annotate(n=Sum("times")):
        outcomes.setdefault((pk, name or mask_email(email)), Counter())[outcome] += times
        if open_for:
            seconds.setdefault(pk, Counter())[open_for] += times
    found = [Person(pk, name, each, seconds.get(pk, {})) for (pk, name), each in outcomes.items()]
    return sorted(found, key=lambda person: (person.name, str(person.pk)))


def passed_first(counts: Counts, period: Period, stage: str = ANSWERED) -> Rate:
    """How many of the orders, or of their photos, were accepted with the first answer."""
    return Rate(counts.total(period, stage, PASSED, first=True), counts.total(period, stage, first=True))


def _within(first: date, end: date, province: str = "") -> QuerySet[DeskCount]:
    rows = DeskCount.objects.filter(day__gte=first, day__lt=end)
    return rows.filter(province=province) if province else rows
