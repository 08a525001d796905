"""What follows from a move of an order: who is told, what is reported, which duties begin, what ends with it."""

from icpportal.fields.types import Facts
from transfers.calls import actions as calls
from transfers.duties import actions as duties
from transfers.models import Order, OrderEvent
from transfers.notifications.messages import notify_recipients
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.machine import close, keep_at_return, queue_report
from transfers.orders.rows import Group, Move
from transfers.second_look import queries as second_look
from verification.photos import places as photo_places


def after(order: Order, row: Move, event: OrderEvent, facts: Facts) -> None:
    """Queue what `row` notifies and reports; close the order at its last move."""
    came_from = kind_of(order).state(event.from_state).groups
    if row.enqueue:
        queue_report(order, row.enqueue)
    if row.notify:
        notify_recipients(order, row.notify, event_id=event.pk, facts=facts, now=event.at)
    if is_in(order, Group.RETURNED):
        keep_at_return(order, by_authority=Group.TURNED_DOWN in came_from)
    if row.due:  # another wait, other reminders
        Order.objects.filter(pk=order.pk).update(reminded=0)
        order.reminded = 0
    if row.grants:
        duties.begin(order, event.at)
    if row.ends_access:
        duties.end(order)
    if Group.PHOTO_WANTED in came_from:  # sent, or given up
        photo_places.end(order.reference)
    if Group.IN_REVIEW in came_from and not is_in(order, Group.IN_REVIEW):
        second_look.forget(order, now=event.at)
    if is_in(order, Group.ENDED):
        close(order)
        calls.end_all(order, event.at)
