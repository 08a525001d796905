"""Counts of baskets: never reads more than so many orders, however many are waiting."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import BooleanField, Count, ExpressionWrapper, IntegerField, Min, Q, QuerySet, Subquery

from icpportal.accounts.models import User
from icpportal.time_format import to_beijing
from transfers.models import Order
from transfers.review.baskets.due import DueBy, over_before, today_before
from transfers.review.baskets.rows import ALL, JUDGE, Basket, Reader, baskets, in_review

MOST = 1_000  # orders read for one count
KNOWN_FOR = 15  # seconds: colleagues' actions are counted with this delay
NONE = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class BasketCount:
    """A basket's counts: total, overdue, due today; and since when the oldest is waiting.

    With `is_cut` there are more than were read: the counts are those of the oldest 1,000.
    """

    waiting: int = 0
    over: int = 0
    today: int = 0
    first: datetime | None = None
    is_cut: bool = False

    @property
    def words(self) -> str:
        """`24`, or `1,000+`."""
        return f"{self.waiting:,}+" if self.is_cut else str(self.waiting)


Counts = dict[str, BasketCount]


def cached_counts(reader: Reader, of: str, count: Callable[[], Counts]) -> Counts:
    """The counts that this reader last saw for this list, until they act; otherwise counts now."""
    cached: dict[str, Counts] = cache.get(_key(reader.user)) or {}
    if of not in cached:
        cached = {**cached, of: count()}
        cache.set(_key(reader.user), cached, KNOWN_FOR)
    return cached[of]


def forget(reader: User) -> None:
    """Drops the reader's cached counts after they acted."""
    cache.delete(_key(reader))


def _key(reader: User) -> str:
    return f"desk.counts.{reader.pk}"


class BoundedCount(Subquery):
    """Counts the rows of a query up to its own limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS bounded)"
    output_field = IntegerField()


def count_baskets(
    reader: Reader, only: Iterable[Basket] | None = None, narrowed: Q | None = None, *, timed: Iterable[Basket] = ()
) -> Counts:
    """The counts by basket: one query for those to be judged, one for those picked from them, one for the rest.

    PostgreSQL takes as long to plan them as to count, and the more so the larger a query is. For those in `timed` also
    overdue, due today and the oldest: a rare one is queried alone, or it would be searched four times.
    """
    wanted = [row for row in (only or baskets()) if row.part is not ALL]
    judged = [row for row in wanted if row.part is JUDGE and not row.is_rare]
    within, times = narrowed or Q(), {row.key for row in timed}
    alone = [row for row in wanted if row.is_rare and row.key in times]
    others = [row for row in wanted if row not in judged and row not in alone]
    return {
        **_of_judged(reader, judged, within, times),
        **_of_others(reader, [row for row in others if row.part is JUDGE], within, times),
        **_of_others(reader, [row for row in others if row.part is not JUDGE], within, times),
        **{row.key: _of_one(reader, row, within) for row in alone},
    }


def _of_judged(reader: Reader, rows: list[Basket], within: Q, timed: set[str]) -> Counts:
    """They share orders: each of the oldest is read once and tested for each basket."""
    if not rows:
        return {}
    conditions = {f"{row.key}_waiting": row.orders(reader) for row in rows}
    flags = {name: ExpressionWrapper(each, output_field=BooleanField()) for name, each in conditions.items()}
    oldest = Order.objects.filter(in_review() & within).annotate(**flags).order_by("entered_at", "pk")[: MOST + 1]
    figures: dict[str, Any] = {"in_all": Count("pk")}
    for row in rows:
        here = Q(**{f"{row.key}_waiting": True})
        late, today = _late(row, reader)
        figures[f"{row.key}_n"] = Count("pk", filter=here)
        if row.key in timed:
            figures |= {
                f"{row.key}_over": Count("pk", filter=here & late),
                f"{row.key}_today": Count("pk", filter=here & today & ~late),
                f"{row.key}_first": Min(row.sort, filter=here),
            }
    counted = oldest.aggregate(**figures)
    is_cut = counted["in_all"] > MOST
    return {row.key: _basket_count(row.key, counted, is_cut=is_cut) for row in rows}


def _of_others(reader: Reader, rows: list[Basket], within: Q, timed: set[str]) -> Counts:
    """Each has its own orders, found by an index."""
    if not rows:
        return {}
    figures: dict[str, Subquery] = {}
    for row in rows:
        own = row.orders(reader) & within
        late, today = _late(row, reader)
        figures[f"{row.key}_n"] = _bounded_count(own)
        if row.key in timed:
            first = Order.objects.filter(own).order_by(row.sort).values(row.sort)[:1]
            figures |= {
                f"{row.key}_over": _bounded_count(own & late),
                f"{row.key}_today": _bounded_count(own & today & ~late),
                f"{row.key}_first": Subquery(first),
            }
    counted = User.objects.filter(pk=reader.user.pk).annotate(**figures).values(*figures).get()
    return {row.key: _basket_count(row.key, counted, is_cut=counted[f"{row.key}_n"] > MOST) for row in rows}


def _of_one(reader: Reader, row: Basket, within: Q) -> BasketCount:
    late, today = _late(row, reader)
    oldest = Order.objects.filter(row.orders(reader) & within).order_by(row.sort, "pk")[: MOST + 1]
    counted = oldest.aggregate(
        n=Count("pk"),
        over=Count("pk", filter=late),
        today=Count("pk", filter=today & ~late),
        first=Min(row.sort),
    )
    return _basket_count(
        row.key, {f"{row.key}_{name}": value for name, value in counted.items()}, is_cut=counted["n"] > MOST
    )


def bounded_words(reader: User, **wanted: Q) -> dict[str, str]:
    """How many orders there are of each of these, in words: `24`, or `1,000+`; one question."""
    counts = {name: _bounded_count(each) for name, each in wanted.items()}
    counted = User.objects.filter(pk=reader.pk).annotate(**counts).values(*counts).get()
    return {name: BasketCount(min(n, MOST), is_cut=n > MOST).words for name, n in counted.items()}


def _bounded_count(wanted: Q) -> Subquery:
    found: QuerySet[Order, Any] = Order.objects.filter(wanted).order_by().values("state")
    return BoundedCount(found[: MOST + 1])


def _basket_count(key: str, said: dict[str, Any], *, is_cut: bool) -> BasketCount:
    waiting, over, today = (min(said.get(f"{key}_{name}") or 0, MOST) for name in ("n", "over", "today"))
    return BasketCount(waiting, over, today, said.get(f"{key}_first"), is_cut)


def _late(row: Basket, reader: Reader) -> tuple[Q, Q]:
    """Conditions for overdue orders, and for those due today or overdue."""
    if row.by is DueBy.PROMISE:
        return (
            Q(entered_at__lt=over_before(reader.now, reader.known)),
            Q(entered_at__lt=today_before(reader.now, reader.known)),
        )
    if row.by is DueBy.DEADLINE:
        tonight = to_beijing(reader.now).replace(hour=23, minute=59)
        return Q(due_at__lte=reader.now), Q(due_at__lte=tonight)
    return NONE, NONE
