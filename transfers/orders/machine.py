"""The one writer of an order's state: the table bound to its models, and the effects of every move.

`ORDER.apply`, and `ORDER.apply_many` for the clock, are the only ways an order moves. What a row notifies and queues is
written in the same transaction; the last move of an order erases its filing password and spends, frees or forfeits its
service code.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.module_loading import import_string

from icpportal.accounts.models import User
from icpportal.database.prepared import insert_whole
from icpportal.fields.types import Column, Columns, Facts, Key
from icpportal.gateways.miit.base import authority
from icpportal.lifecycle import CLOCK, AppliedMove, Batch, Lifecycle, MoveNotAllowed, note_act
from icpportal.outbox.actions import QueueArguments, queue, queue_all
from icpportal.privacy.fields import seal_value
from transfers.models import Order, OrderEvent
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.moves import TABLE
from transfers.orders.rows import Group, Move
from verification.service_codes import actions as service_codes

MadeMove = AppliedMove[Order, OrderEvent]


def after(order: Order, row: Move, event: OrderEvent, facts: Facts) -> None:
    """Runs the effects of a move in its transaction: `settings.ORDER_EFFECTS`, which ranks above the orders."""
    import_string(f"{settings.ORDER_EFFECTS}.after")(order, row, event, facts)


def after_many(made: Sequence[MadeMove], row: Move) -> None:
    """The same for many orders moved by one row."""
    import_string(f"{settings.ORDER_EFFECTS}.after_many")(made, row)


def writes(order: Order, row: Move) -> Columns:
    """The columns a move writes besides the state: a new deadline resets reminders, the end erases."""
    found: dict[str, Column] = {"reminded": 0} if row.due else {}
    if row.enqueue:
        found |= _count_report(order)
    if Group.ENDED in kind_of(order).state(row.target).groups:
        found |= {"password_digest": "", "password_kept": False, "came_back": ""}
    return found


def _count_report(order: Order) -> Columns:
    """The columns for one more report."""
    return {"report": order.report + 1, "held": False, "reminded": 0}


def keep_at_return(order: Order, *, by_authority: bool) -> None:
    """Stores the answers at a return, so that later changes can be detected (`returned_parts`)."""
    order.came_back = {"before": dict(order.answers), "turned_down": by_authority}
    Order.objects.filter(pk=order.pk).update(came_back=seal_value(order, "came_back"))


def queue_report(order: Order, channel: str) -> None:
    """Counts and queues one more report of this order."""
    columns = _count_report(order)
    Order.objects.filter(pk=order.pk).update(**columns)
    for name, value in columns.items():
        setattr(order, name, value)
    queue_counted_report(order, channel)


def queue_counted_report(order: Order, channel: str) -> None:
    """Queues the report of this order that was counted last."""
    queue(channel=channel, **_report(order))


def queue_counted_reports(orders: Iterable[Order], channel: str) -> None:
    """The same for many orders."""
    queue_all(map(_report, orders), channel=channel)


def _report(order: Order) -> QueueArguments:
    return {
        "key": f"report:{order.report_key}",
        "payload": {"order": str(order.pk), "report": order.report},
        "reference": order.reference,
    }


def close(*orders: Order) -> None:
    """Stops reports that were not sent; spends the service codes of approved orders.

    Other codes are free again, unless the provider returns none for abandoned orders.
    """
    reported = [order.reference for order in orders if order.report]
    if reported:
        authority().supersede(*reported)
    lost, freed = list[str](), list[str]()
    for order in orders:
        if is_in(order, Group.APPROVED):
            service_codes.spend(order.reference, used_for=order.domain)
        elif is_in(order, Group.GIVEN_UP) and not settings.SERVICE_CODE_RETURNED:
            lost.append(order.reference)
        else:
            freed.append(order.reference)
    if lost:
        service_codes.burn(*lost)
    if freed:
        service_codes.release(*freed)


def apply_at_deadline(
    order: Order, move: str, *, facts: Facts | None = None, now: datetime | None = None
) -> OrderEvent:
    """Makes the clock's move in an overdue order, dated with its deadline however late this runs.

    Never dated before its last event: somebody may have extended a deadline that had passed already.
    """
    now = now or timezone.now()
    last = order.events.values_list("at", flat=True).first()
    return ORDER.apply(order, move, by=CLOCK, facts=facts, now=now, at=_at_deadline(order, last, now))


def apply_at_deadlines(
    move: str,
    due: Iterable[Key],
    *,
    among: QuerySet[Order],
    facts_of: Callable[[Order], Facts],
    now: datetime,
) -> Batch[OrderEvent]:
    """The same for many orders, of those that are still `among` the due ones once they are locked."""
    last = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-at").values("at")[:1]
    orders = among.annotate(last_event_at=Subquery(last))

    def date_of(order: Order) -> datetime:
        return _at_deadline(order, getattr(order, "last_event_at", None), now)

    return ORDER.apply_many(move, due, by=CLOCK, among=orders, facts_of=facts_of, date_of=date_of, now=now)


def _at_deadline(order: Order, last: datetime | None, now: datetime) -> datetime:
    return min(max(filter(None, (order.due_at, last)), default=now), now)


def has_changed(order: Order) -> bool:
    """Whether the order was moved or changed since it was read, which explains a `MoveNotAllowed`."""
    return not Order.objects.filter(pk=order.pk, version=order.version).exists()


def write_as_read(order: Order, columns: Columns) -> None:
    """Writes the columns by one UPDATE; raises `MoveNotAllowed` when the order has changed since it was read."""
    as_read = Order.objects.filter(pk=order.pk, version=order.version)
    if not as_read.update(**columns, version=F("version") + 1):
        raise MoveNotAllowed(order.reference)
    order.version += 1


def note(
    order: Order,
    fact: str,
    *,
    by: str,
    actor: User | None = None,
    words: str = "",
    key: str = "",
    at: datetime | None = None,
) -> OrderEvent:
    """Writes a fact into the timeline that moves nothing: a call, an extended deadline, a held report.

    `words` are stored sealed; a `key` of ours is not.
    """
    where = {"from_state": order.state, "to_state": order.state}
    event = OrderEvent(
        order=order, move=fact, by=by, actor=actor, note=key, words=words, at=at or timezone.now(), **where
    )
    insert_whole([event])
    note_act(event, order.reference)
    return event


ORDER = Lifecycle(TABLE, model=Order, events=OrderEvent, after=after, after_many=after_many, writes=writes)


def open_move(order: Order, feature: str, *, by: str, facts: Facts) -> str:
    """The first move open to `by` that has `feature`, a boolean of its row; raises `MoveNotAllowed`."""
    known = [row.name for row in TABLE.rows if getattr(row, feature)]
    name = next((row.name for row in ORDER.available(order, by, facts) if row.name in known), "")
    if not name:
        raise MoveNotAllowed(f"{known[0]} by {by} from {order.state}")
    return name
