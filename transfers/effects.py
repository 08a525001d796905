"""The effects of a move of an order: messages, reports, duties, and what ends with it."""

from collections.abc import Sequence

from icpportal.fields.types import Facts
from icpportal.lifecycle import AppliedMove
from transfers.calls import actions as calls
from transfers.duties import actions as duties
from transfers.models import Order, OrderEvent
from transfers.notifications import notices
from transfers.notifications.messages import notify_recipients
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.machine import close, keep_at_return, queue_counted_report, queue_counted_reports
from transfers.orders.rows import Group, Move
from transfers.second_look import queries as second_look
from verification.backdrops import actions as backdrops
from verification.photos import places as photo_places


def after(order: Order, row: Move, event: OrderEvent, facts: Facts) -> None:
    """Queues what `row` notifies and reports; closes the order at its last move."""
    if row.enqueue:
        queue_counted_report(order, row.enqueue)
    if row.notify:
        notify_recipients(order, row.notify, event_id=event.pk, facts=facts, now=event.at)
    _follow([AppliedMove(order, event, dict(facts))], row)


def after_many(made: Sequence[AppliedMove[Order, OrderEvent]], row: Move) -> None:
    """The same for many orders; their messages are written at delivery."""
    if row.enqueue:
        queue_counted_reports((each.thing for each in made), row.enqueue)
    if row.notify:
        notices.owe(made, row.notify)
    _follow(made, row)


def _follow(made: Sequence[AppliedMove[Order, OrderEvent]], row: Move) -> None:
    """Starts and ends what depends on a move, for all orders in one statement where possible."""
    came_from = {each.event.pk: kind_of(each.thing).state(each.event.from_state).groups for each in made}
    for each in made:
        order, event = each.thing, each.event
        if is_in(order, Group.RETURNED):
            keep_at_return(order, by_authority=Group.TURNED_DOWN in came_from[event.pk])
        if row.grants:
            duties.begin(order, event.at)
        if row.ends_access:
            duties.end(order)
        if Group.IN_REVIEW in came_from[event.pk] and not is_in(order, Group.IN_REVIEW):
            second_look.forget(order, now=event.at)
    # sent, or abandoned
    if photos := [each.thing.reference for each in made if Group.PHOTO_WANTED in came_from[each.event.pk]]:
        photo_places.end(*photos)
    if ended := [each for each in made if is_in(each.thing, Group.ENDED)]:
        close(*(each.thing for each in ended))
        calls.end_all({each.thing.pk: each.event.at for each in ended})
        backdrops.end(*(each.thing.reference for each in ended))
