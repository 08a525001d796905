"""Which objections wait for an answer, which order each is about, and which orders they stop."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from transfers.models import Objection, Order
from transfers.objections.results import JUSTIFIED, LATE
from transfers.orders.kinds import is_in
from transfers.orders.queries import objected_order, objections_to
from transfers.orders.rows import Group


def open_objections() -> QuerySet[Objection]:
    """Open objections, the oldest first; served by an index of open ones."""
    return Objection.objects.filter(closed_at=None).order_by("created_at", "pk")


def order_of(objection: Objection) -> Order | None:
    """The order it is about; for older rows that did not store it, the one that fits now."""
    if objection.order is not None:
        return objection.order
    return objected_order(objection.owner, objection.subject_key, objection.domain)


def has_left(order: Order | None) -> bool:
    """Whether the order is with the authority, may be submitted there again without our review, or has ended."""
    if order is None:
        return False
    return any(is_in(order, group) for group in (Group.AT_AUTHORITY, Group.LAPSED, Group.ENDED))


def with_contested(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with whether a justified objection stops them, in the same query."""
    return orders.annotate(is_contested=Exists(_justified_objections().filter(order=OuterRef("pk"))))


def is_contested(order: Order) -> bool:
    """Whether a justified objection stops the order: nobody may accept it."""
    known: bool | None = getattr(order, "is_contested", None)
    return _justified_objections().filter(order=order).exists() if known is None else known


def with_objected(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with whether others object to them now, in the same query."""
    about = Q(domain=OuterRef("domain")) | Q(subject_key=OuterRef("subject_key"))
    rows = Objection.objects.filter(about, closed_at=None).exclude(owner=OuterRef("owner"))
    return orders.annotate(is_objected=Exists(rows))


def shown_objections(order: Order) -> list[Objection]:
    """Open objections for a case's page; no query when the order was read as having none."""
    known: bool | None = getattr(order, "is_objected", None)
    return [] if known is False else list(objections_to(order))


def _justified_objections() -> QuerySet[Objection]:
    return Objection.objects.filter(result__in=(JUSTIFIED, LATE))
