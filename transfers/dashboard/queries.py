"""The user's open orders, by whose turn it is."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from icpportal.accounts.models import User
from transfers.calls.queries import with_choice_due
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import CANCELLATIONS, in_group
from transfers.orders.queries import NEVER, in_progress
from transfers.orders.rows import AUTHORITY, Group

Owner = User | UUID  # an account, or its key


def turn_of(owner: Owner, now: datetime) -> QuerySet[Order]:
    """The user's orders that wait for the user; with `runs_out`, those without a deadline come last."""
    mine = _open_of(owner).filter(_waits_for_owner(now))
    return mine.annotate(runs_out=Coalesce("due_at", "choose_by", Value(NEVER)))


def urgent_of(owner: Owner, now: datetime) -> QuerySet[Order]:
    """What the owner must do in time.

    A cancellation is never urgent: one that runs out leaves the transfer as it is.
    """
    to_do = turn_of(owner, now).filter(in_group(Group.OWNER_ACTS), due_at__isnull=False)
    return to_do.exclude(kind__in=CANCELLATIONS)


def others_turn(owner: Owner, now: datetime) -> QuerySet[Order]:
    """The user's open orders that wait for us or the authority, or whose time is over."""
    return _open_of(owner).filter(~_waits_for_owner(now))


def with_authority(owner: Owner, now: datetime) -> QuerySet[Order]:
    """The user's orders that the authority is deciding now."""
    return others_turn(owner, now).filter(state__in=_states_of_authority())


def with_us(owner: Owner, now: datetime) -> QuerySet[Order]:
    """The user's open orders that wait for us, or whose time is over."""
    return others_turn(owner, now).exclude(state__in=_states_of_authority())


def _states_of_authority() -> list[str]:
    """The keys of the states in which it is the authority's turn."""
    return [state.key for state in states.STATES if state.turn == AUTHORITY]


def ended_of(owner: Owner, now: datetime) -> QuerySet[Order]:  # noqa: ARG001 -- a list like the others
    """The user's ended orders."""
    return Order.objects.filter(owner=owner, state__in=states.keys(Group.ENDED))


def choose_by(order: Order) -> datetime | None:
    """Until when the owner can choose a time after missed calls, if the order was read with it and has one."""
    found = getattr(order, "choose_by", None)
    return found if isinstance(found, datetime) else None


def _open_of(owner: Owner) -> QuerySet[Order]:
    return with_choice_due(in_progress().filter(owner=owner))


def _waits_for_owner(now: datetime) -> Q:
    """Matches orders that their owner can still act on, or has to choose a time for our call in."""
    in_time = Q(due_at=None) | Q(due_at__gt=now)
    return (in_group(Group.WAITS_FOR_OWNER) & in_time) | Q(choose_by__isnull=False)
