"""Reads of the baskets: the rows of one page, and what may be taken next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.dateparse import parse_datetime

from icpportal.fields.types import Words
from transfers.models import Objection, Order
from transfers.orders import queries
from transfers.review.baskets.rows import Basket, Reader, basket_of, baskets, free
from transfers.second_look.queries import accepted_by

PAGE = 25
BASKET = "basket"
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a basket; `after` leads to the next one."""

    orders: list[Order]
    after: str


def slice_of(basket: Basket, reader: Reader, narrowed: Q, after: str = "") -> Slice:
    """The next orders of a basket after `after`, the most urgent first."""
    found = list(rows_of_basket(basket, reader, narrowed & behind(basket.sort, after))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Slice(found[:PAGE], place_of(_sorted_by(last, basket), last.pk) if last else "")


def rows_of_basket(basket: Basket, reader: Reader, narrowed: Q) -> QuerySet[Order]:
    """The orders of a basket, the most urgent first; `nameless` are those without the authority's access id."""
    rows = _light(Order.objects.filter(basket.orders(reader)).filter(narrowed).order_by(basket.sort, "pk"))
    if basket.is_work:  # orders to be judged wait for nothing at the authority
        return rows
    return rows.annotate(nameless=Case(When(queries.lacks_access_id(), then=True), default=False))


def next_orders(basket: Basket, reader: Reader, narrowed: Q) -> QuerySet[Order]:
    """The orders that this reviewer may take from a basket of work, the most urgent first."""
    # without repeating that they are in review: the planner would then expect almost none
    rows = Order.objects.filter(basket.orders(reader) & free(reader.now)).filter(narrowed)
    rows = rows.exclude(owner=reader.user).exclude(accepted_by(reader.user))
    return _light(rows).order_by(basket.sort, "pk")


def with_baskets(orders: QuerySet[Order], reader: Reader) -> QuerySet[Order]:
    """The same orders, each with the basket of the first page that it is in, for `label_of_basket`."""
    key = Case(*(When(row.orders(reader), then=Value(row.key)) for row in baskets() if row.on_home), default=Value(""))
    return orders.annotate(**{BASKET: key})


def label_of_basket(order: Order) -> Words:
    """The label of its basket; "" for an order in none, or read without."""
    key = getattr(order, BASKET, "")
    return basket_of(key).label if key else ""


def _light(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related("reviewer").defer("password_digest", "authority_words", "came_back")


def _sorted_by(order: Order, basket: Basket) -> datetime:
    moment: datetime = getattr(order, basket.sort)
    return moment


def place_of(moment: datetime, key: UUID) -> str:
    """The end of a page, for the URL of the next one."""
    return f"{moment.isoformat()}{SEPARATOR}{key}"


def behind(sort: str, after: str) -> Q:
    """Matches what comes after that place; everything for a URL that names none."""
    moment, _separator, key = after.partition(SEPARATOR)
    try:
        at, pk = parse_datetime(moment), UUID(key)
    except ValueError:
        return Q()
    if at is None:
        return Q()
    return Q(**{f"{sort}__gt": at}) | Q(**{sort: at, "pk__gt": pk})


def with_objection(orders: Iterable[Order]) -> set[UUID]:
    """Annotates the orders with whether somebody objects."""
    rows = list(orders)
    about = Q(domain__in=[each.domain for each in rows]) | Q(subject_key__in=[each.subject_key for each in rows])
    objections = list(Objection.objects.filter(about, closed_at=None).values_list("owner", "domain", "subject_key"))
    return {
        order.pk
        for order in rows
        if any(
            owner != order.owner_id and (order.domain == domain or order.subject_key == key)
            for owner, domain, key in objections
        )
    }
