"""Orders that were never submitted: private to their owner wherever the desk comes across them."""

from transfers.models import Order
from transfers.objections.queries import shown_objections
from transfers.orders.kinds import state_of, where
from transfers.orders.rows import Group, State


def _was_never_sent(state: State) -> bool:
    """A draft, or an abandoned one; an order that was submitted before is told apart by another column."""
    is_draft = Group.EDITABLE in state.groups and Group.RETURNED not in state.groups
    return is_draft or Group.GIVEN_UP in state.groups


NEVER_SENT = where(_was_never_sent)


def is_own(order: Order) -> bool:
    """Whether the order was never submitted: lists show its number and domain, not whose it is."""
    return order.submitted_at is None and _was_never_sent(state_of(order))


def opens(order: Order) -> bool:
    """Whether the desk may open the order: it was submitted, or somebody objects to it."""
    return not is_own(order) or bool(shown_objections(order))
