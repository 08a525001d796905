"""Moves orders: the table bound to its models, and what every move notifies, queues and ends.

`ORDER.apply` is the one way an order moves. What a row notifies and queues is written in the same transaction, and the
last move of an order erases its filing password and spends, frees or forfeits its service code.
"""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from icpportal.accounts.models import User
from icpportal.fields.types import Facts
from icpportal.gateways.miit.base import authority
from icpportal.lifecycle import CLOCK, Lifecycle, MoveNotAllowed, note_act
from icpportal.outbox.actions import queue
from icpportal.privacy.fields import sealed
from transfers.models import Order, OrderEvent
from transfers.orders.kinds import is_in
from transfers.orders.moves import TABLE
from transfers.orders.rows import Group, Move
from verification.service_codes import actions as service_codes


def after(order: Order, row: Move, event: OrderEvent, facts: Facts) -> None:
    """What follows from a move, in its transaction: `settings.ORDER_EFFECTS`, which stands above the orders."""
    import_string(settings.ORDER_EFFECTS)(order, row, event, facts)


def keep_at_return(order: Order, *, by_authority: bool) -> None:
    """Keep what stands in an order that comes back, so that a change can be told from none (`returned_parts`)."""
    order.came_back = {"before": dict(order.answers), "turned_down": by_authority}
    Order.objects.filter(pk=order.pk).update(came_back=sealed(order, "came_back"))


def queue_report(order: Order, channel: str) -> None:
    """Count one more report of this order and queue it."""
    order.report += 1
    Order.objects.filter(pk=order.pk).update(report=order.report, held=False, reminded=0)
    order.held, order.reminded = False, 0
    queue(
        channel=channel,
        key=f"report:{order.report_key}",
        payload={"order": str(order.pk), "report": order.report},
        reference=order.reference,
    )


def close(order: Order) -> None:
    """Let no report of it go any more, erase the filing password's digest; spend the service code if approved.

    Otherwise it is free again, unless the provider gives none back to who gives an order up.
    """
    if order.report:
        authority().supersede(order.reference)
    Order.objects.filter(pk=order.pk).update(password_digest="", password_kept=False, came_back="")
    order.password_digest, order.password_kept, order.came_back = "", False, ""
    if is_in(order, Group.APPROVED):
        service_codes.spend(order.reference, used_for=order.domain)
    elif is_in(order, Group.GIVEN_UP) and not settings.SERVICE_CODE_RETURNED:
        service_codes.burn(order.reference)
    else:
        service_codes.release(order.reference)


def apply_at_deadline(
    order: Order, move: str, *, facts: Facts | None = None, now: datetime | None = None
) -> OrderEvent:
    """What the clock does to an order whose time is over, dated with its deadline however late this comes.

    Never before what happened to it last: somebody may have moved a deadline that was over already.
    """
    now = now or timezone.now()
    last = order.events.values_list("at", flat=True).first()
    at = min(max(filter(None, (order.due_at, last)), default=now), now)
    return ORDER.apply(order, move, by=CLOCK, facts=facts, now=now, at=at)


def has_changed(order: Order) -> bool:
    """Whether somebody moved or changed the order since it was read; then a `MoveNotAllowed` says no more than that."""
    return not Order.objects.filter(pk=order.pk, version=order.version).exists()


def note(
    order: Order,
    what: str,
    *,
    by: str,
    actor: User | None = None,
    words: str = "",
    key: str = "",
    at: datetime | None = None,
) -> OrderEvent:
    """Write a fact into the timeline that moves nothing: a call, a moved deadline, a held report.

    `words` are kept sealed; a `key` of ours is not.
    """
    where = {"from_state": order.state, "to_state": order.state}
    event = OrderEvent.objects.create(
        order=order, move=what, by=by, actor=actor, note=key, words=words, at=at or timezone.now(), **where
    )
    note_act(event, order.reference)
    return event


ORDER = Lifecycle(TABLE, model=Order, events=OrderEvent, after=after)


def open_move(order: Order, feature: str, *, by: str, facts: Facts) -> str:
    """The first move open to `by` of which `feature` (a boolean of its row) holds; raises `MoveNotAllowed`."""
    known = [row.name for row in TABLE.rows if getattr(row, feature)]
    name = next((row.name for row in ORDER.available(order, by, facts) if row.name in known), "")
    if not name:
        raise MoveNotAllowed(f"{known[0]} by {by} from {order.state}")
    return name
