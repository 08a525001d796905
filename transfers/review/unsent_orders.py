"""Orders that were never submitted: their owner's alone, wherever the desk comes upon them."""

from transfers.models import Order
from transfers.objections.queries import shown_objections
from transfers.orders.kinds import state_of, where
from transfers.orders.rows import Group, State


def _was_never_sent(state: State) -> bool:
    """A draft, or one that was given up; an order that was submitted before says so in another column."""
    is_draft = Group.EDITABLE in state.groups and Group.RETURNED not in state.groups
    return is_draft or Group.GIVEN_UP in state.groups


NEVER_SENT = where(_was_never_sent)


def is_own(order: Order) -> bool:
    """Whether the order was never submitted: lists say its number and domain, not whose it is."""
    return order.submitted_at is None and _was_never_sent(state_of(order))


def opens(order: Order) -> bool:
    """Whether the desk has to do with the order: it was submitted, or somebody objects to it."""
    return not is_own(order) or bool(shown_objections(order))
