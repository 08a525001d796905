"""The user's open orders, by whose turn it is."""

from datetime import datetime

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from icpportal.accounts.models import User
from transfers.calls.queries import with_choice_due
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import in_group
from transfers.orders.queries import NEVER, in_progress
from transfers.orders.rows import AUTHORITY, Group


def turn_of(user: User) -> QuerySet[Order]:
    """The user's orders that wait for the user; with `runs_out`, those without a deadline come last."""
    mine = _open_of(user).filter(_waits_for_owner())
    return mine.annotate(runs_out=Coalesce("due_at", "choose_by", Value(NEVER)))


def others_turn(user: User) -> QuerySet[Order]:
    """The user's open orders that wait for us or the authority, or whose time is over."""
    return _open_of(user).filter(~_waits_for_owner())


def with_authority(user: User) -> QuerySet[Order]:
    """The user's orders that the authority is deciding now."""
    return others_turn(user).filter(state__in=states.keys_of_turn(AUTHORITY))


def with_us(user: User) -> QuerySet[Order]:
    """The user's open orders that wait for us, or whose time is over."""
    return others_turn(user).exclude(state__in=states.keys_of_turn(AUTHORITY))


def choose_by(order: Order) -> datetime | None:
    """Until when the owner can choose a time after missed calls, if the order was read with it and has one."""
    found = getattr(order, "choose_by", None)
    return found if isinstance(found, datetime) else None


def _open_of(user: User) -> QuerySet[Order]:
    return with_choice_due(in_progress().filter(owner=user))


def _waits_for_owner() -> Q:
    """Matches orders that their owner can still act on, or has to choose a time for our call in."""
    in_time = Q(due_at=None) | Q(due_at__gt=timezone.now())
    return (in_group(Group.WAITS_FOR_OWNER) & in_time) | Q(choose_by__isnull=False)
