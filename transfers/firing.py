"""The life of orders, running: the table bound to its models, and what every move owes.

`ORDER.fire` is the one way an order moves. What a row tells and owes is queued in the same transaction, and the last
move of an order erases its filing password and spends, frees or forfeits its service code.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from icpportal.gateways.miit.seam import authority
from icpportal.lifecycle import CLOCK, Lifecycle, T
from icpportal.outbox.actions import queue
from icpportal.privacy.fields import sealed
from transfers import duties, states
from transfers.lifecycle import TABLE
from transfers.models import Order, OrderEvent
from transfers.telling import tell_everyone
from verification import photo_places, service_codes

GRANTS = ("grant", "grant_late")
GIVEN_UP = (states.ABANDONED, states.WITHDRAWN, states.EXPIRED)  # by the applicant, or by not acting


def after(order: Any, row: T, event: Any, facts: dict[str, Any]) -> None:
    """Queue what `row` tells and owes; close the order at its last move."""
    if row.owe:
        hand_over(order, row.owe)
    if row.tell:
        tell_everyone(order, row.tell, event_id=event.pk, facts=facts, now=event.at)
    if row.target == states.RETURNED:
        keep_at_return(order, by_authority=event.from_state == states.AUTHORITY_RETURNED)
    if row.due:  # another wait, other reminders
        Order.objects.filter(pk=order.pk).update(reminded=0)
        order.reminded = 0
    if row.name in GRANTS:
        duties.begin(order, event.at)
    if row.name == "ended":
        duties.end(order)
    if event.from_state == states.PHOTO_DUE:  # sent, or given up
        photo_places.end(order.reference)
    if row.target in states.ENDED:
        close(order)


def keep_at_return(order: Any, *, by_authority: bool) -> None:
    """Keep what stands in an order that comes back, so that a change can be told from none (`returned_parts`)."""
    order.came_back = {"before": dict(order.answers), "turned_down": by_authority}
    Order.objects.filter(pk=order.pk).update(came_back=sealed(order, "came_back"))


def hand_over(order: Any, channel: str) -> None:
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


def close(order: Any) -> None:
    """Let no report of it go any more, erase the filing password's fingerprint; spend the service code if approved.

    Otherwise it is free again, unless the provider gives none back to who gives an order up.
    """
    if order.report:
        authority().supersede(order.reference)
    Order.objects.filter(pk=order.pk).update(password_digest="", password_kept=False, came_back="")
    order.password_digest, order.password_kept, order.came_back = "", False, ""
    if order.state == states.APPROVED:
        service_codes.spend(order.reference, used_for=order.domain)
        return
    lost = order.state in GIVEN_UP and not settings.SERVICE_CODE_RETURNED
    (service_codes.forfeit if lost else service_codes.release)(order.reference)


def fire_at_deadline(
    order: Any, move: str, *, facts: dict[str, Any] | None = None, now: datetime | None = None
) -> OrderEvent:
    """What the clock does to an order whose time is over, dated with its deadline however late this comes.

    Never before what happened to it last: somebody may have moved a deadline that was over already.
    """
    now = now or timezone.now()
    last = order.events.values_list("at", flat=True).first()
    at = min(max(filter(None, (order.due_at, last)), default=now), now)
    return ORDER.fire(order, move, by=CLOCK, facts=facts, now=now, at=at)  # type: ignore[return-value]


def overtaken(order: Any) -> bool:
    """Whether somebody moved or changed the order since it was read; then a `Forbidden` says no more than that."""
    return not Order.objects.filter(pk=order.pk, version=order.version).exists()


def note(
    order: Any, what: str, *, by: str, actor: Any = None, words: str = "", at: datetime | None = None
) -> OrderEvent:
    """Write a fact into the timeline that moves nothing: a call, a moved deadline, a held report."""
    where = {"from_state": order.state, "to_state": order.state}
    return OrderEvent.objects.create(
        order=order, move=what, by=by, actor=actor, note=words, at=at or timezone.now(), **where
    )


ORDER = Lifecycle(TABLE, model=Order, events=OrderEvent, thing_field="order", after=after)
