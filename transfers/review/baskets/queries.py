"""What lies in the baskets: how much, and the rows of one page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime

from transfers.models import Objection, Order
from transfers.orders import queries
from transfers.review.baskets.due import DueBy, over_before, today_before
from transfers.review.baskets.rows import ALL, JUDGE, Basket, Reader, baskets, free, in_review
from transfers.second_look.queries import accepted_by

PAGE = 25
SEPARATOR = "~"
NONE = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Counted:
    """How much lies in a basket: in all, over its time, due today; and since when its oldest waits."""

    waiting: int = 0
    over: int = 0
    today: int = 0
    first: datetime | None = None


def count_baskets(
    reader: Reader, only: Iterable[Basket] | None = None, narrowed: Q | None = None
) -> dict[str, Counted]:
    """The counts by basket: one question for all that is to be judged, one for all that is on the way."""
    wanted = [row for row in (only or baskets()) if row.part is not ALL]
    judged = [row for row in wanted if row.part is JUDGE]
    others = [row for row in wanted if row.part is not JUDGE]
    within_others = reduce(or_, (row.orders(reader) for row in others), NONE)
    return {
        **_counted(reader, judged, in_review() & (narrowed or Q())),
        **_counted(reader, others, within_others & (narrowed or Q())),
    }


def _counted(reader: Reader, rows: list[Basket], within: Q) -> dict[str, Counted]:
    figures: dict[str, Count | Min] = {}
    for row in rows:
        own = row.orders(reader)
        late, today = _late(row, reader)
        figures |= {
            f"{row.key}_n": Count("pk", filter=own),
            f"{row.key}_over": Count("pk", filter=own & late),
            f"{row.key}_today": Count("pk", filter=own & today & ~late),
            f"{row.key}_first": Min(row.sort, filter=own),
        }
    said = Order.objects.filter(within).aggregate(**figures) if rows else {}
    names = ("n", "over", "today", "first")
    return {row.key: Counted(*(said[f"{row.key}_{name}"] for name in names)) for row in rows}


def _late(row: Basket, reader: Reader) -> tuple[Q, Q]:
    """Which orders are over their time, and which have to be done today or are over it."""
    if row.by is DueBy.PROMISE:
        return (
            Q(entered_at__lt=over_before(reader.now, reader.known)),
            Q(entered_at__lt=today_before(reader.now, reader.known)),
        )
    if row.by is DueBy.DEADLINE:
        tonight = reader.now.replace(hour=23, minute=59)
        return Q(due_at__lte=reader.now), Q(due_at__lte=tonight)
    return NONE, NONE


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a basket; `after` leads to the next one."""

    orders: list[Order]
    after: str


def slice_of(basket: Basket, reader: Reader, narrowed: Q, after: str = "") -> Slice:
    """The next orders of a basket, the most urgent first, behind the place that `after` names."""
    found = list(rows_of_basket(basket, reader, narrowed & behind(basket.sort, after))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Slice(found[:PAGE], place_of(_sorted_by(last, basket), last.pk) if last else "")


def rows_of_basket(basket: Basket, reader: Reader, narrowed: Q) -> QuerySet[Order]:
    """The orders of a basket, the most urgent first; `nameless` where the authority's number of an access lacks."""
    nameless = Exists(queries.without_access_id().filter(pk=OuterRef("pk")))
    rows = Order.objects.filter(basket.orders(reader)).filter(narrowed)
    return _light(rows.order_by(basket.sort, "pk")).annotate(nameless=nameless)


def next_orders(basket: Basket, reader: Reader, narrowed: Q) -> QuerySet[Order]:
    """What this reviewer may take from the basket, the most urgent first."""
    rows = Order.objects.filter(in_review() & basket.orders(reader) & free(reader.now)).filter(narrowed)
    rows = rows.exclude(owner=reader.user).exclude(accepted_by(reader.user))
    return _light(rows).order_by(basket.sort, "pk")


def _light(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related("reviewer").defer("password_digest", "authority_words", "came_back")


def _sorted_by(order: Order, basket: Basket) -> datetime:
    moment: datetime = getattr(order, basket.sort)
    return moment


def place_of(moment: datetime, key: UUID) -> str:
    """Where a page of a list ends, for the address of the next one."""
    return f"{moment.isoformat()}{SEPARATOR}{key}"


def behind(sort: str, after: str) -> Q:
    """What comes behind that place; everything for an address that names none."""
    moment, _separator, key = after.partition(SEPARATOR)
    try:
        at, pk = parse_datetime(moment), UUID(key)
    except ValueError:
        return Q()
    if at is None:
        return Q()
    return Q(**{f"{sort}__gt": at}) | Q(**{sort: at, "pk__gt": pk})


def with_objection(orders: Iterable[Order]) -> set[UUID]:
    """The orders to which somebody objects."""
    rows = list(orders)
    about = Q(domain__in=[each.domain for each in rows]) | Q(subject_key__in=[each.subject_key for each in rows])
    said = list(Objection.objects.filter(about, closed_at=None).values_list("owner", "domain", "subject_key"))
    return {
        order.pk
        for order in rows
        if any(
            owner != order.owner_id and (order.domain == domain or order.subject_key == key)
            for owner, domain, key in said
        )
    }
