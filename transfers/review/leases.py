"""Who holds an order: taken for half an hour, renewed by work on it, handed to a colleague, taken over by a lead.

While a decision is pending, the order stays with the person who decided, who can still undo it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.models import User
from icpportal.lifecycle import MoveNotAllowed
from icpportal.time_format import to_beijing
from transfers.models import ColleagueNote, Decision, Order
from transfers.orders import queries
from transfers.review.staff import is_lead, reviewers
from transfers.second_look.queries import open_look

LEASE = timedelta(minutes=30)
FREED = {"reviewer": None, "claimed_since": None, "claimed_until": None}


class AssignedToOther(Exception):
    """Another reviewer holds this order; `words` says who, and since when."""

    words: str | Promise = gettext_lazy("Another reviewer is working on this order")

    def __init__(self, order: Order) -> None:
        super().__init__(order.reference)
        self.words = held_words(order) or self.words


class OwnOrder(AssignedToOther):
    """Nobody reviews an order of their own."""

    def __init__(self, order: Order) -> None:
        super().__init__(order)
        self.words = _("You cannot review an order of your own")


class NotHeld(AssignedToOther):
    """Nobody holds this order: there is nothing to release."""

    def __init__(self, order: Order) -> None:
        super().__init__(order)
        self.words = _("nobody has it")


class JudgedBefore(AssignedToOther):
    """Whoever judged anything about an order cannot give it the second look."""

    def __init__(self, order: Order, reviewer: User) -> None:
        super().__init__(order)
        words = _("%(name)s judged this order: another person has to look at it before it is submitted")
        self.words = words % {"name": str(reviewer)}


class Decided(AssignedToOther):
    """A decision is pending: until it is final or undone, the order is neither taken nor released."""

    def __init__(self, order: Order, decision: Decision) -> None:
        super().__init__(order)
        self.words = decided_words(decision)


def open_decision(order: Order) -> Decision | None:
    """The pending decision about this order."""
    return Decision.objects.filter(order=order, ended_at=None).select_related("reviewer").first()


def decided_words(decision: Decision) -> str:
    """`Gao Yang has decided this order; final at 14:32:10`."""
    facts = {"name": str(decision.reviewer), "time": f"{to_beijing(decision.final_at):%H:%M:%S}"}
    return _("%(name)s has decided this order; final at %(time)s") % facts


def held_words(order: Order) -> str:
    """Words like `Gao Yang has had this order since 14:20`; "" if nobody holds it."""
    if order.reviewer is None:
        return ""
    since = order.claimed_since or (order.claimed_until - LEASE if order.claimed_until else None)
    facts = {"name": str(order.reviewer), "time": f"{to_beijing(since):%H:%M}" if since else "–"}
    return _("%(name)s has had this order since %(time)s") % facts


def is_held(order: Order, *, now: datetime | None = None) -> bool:
    """Whether somebody holds the order."""
    return bool(order.reviewer_id and order.claimed_until and order.claimed_until >= (now or timezone.now()))


def holds(order: Order, reviewer: User, *, now: datetime | None = None) -> bool:
    """Whether this reviewer holds the order."""
    return order.reviewer_id == reviewer.pk and is_held(order, now=now)


def why_barred(order: Order, reviewer: User, *, now: datetime | None = None) -> AssignedToOther | None:
    """Why this reviewer may not work on the order now, or None."""
    if refused := _refusal(order, reviewer):
        return refused
    return AssignedToOther(order) if is_others(order, reviewer, now=now) else None


def is_others(order: Order, reviewer: User, *, now: datetime | None = None) -> bool:
    """Whether a colleague of this reviewer holds the order."""
    return is_held(order, now=now) and order.reviewer_id != reviewer.pk


def _refusal(order: Order, reviewer: User) -> AssignedToOther | None:
    """Why this reviewer may never hold the order in its present state, or None."""
    if order.owner_id == reviewer.pk:
        return OwnOrder(order)
    look = open_look(order)
    return JudgedBefore(order, reviewer) if look and str(reviewer.pk) in look.barred else None


def assign_to_me(order: Order, reviewer: User, *, now: datetime | None = None) -> None:
    """Takes the order, or renews one's lease; raises `AssignedToOther` if somebody else holds it."""
    now = now or timezone.now()
    _take(order, reviewer, _is_open_to(reviewer, now), now)


def _is_open_to(reviewer: User, now: datetime) -> Q:
    """A condition: nobody else holds the order."""
    return Q(reviewer=None) | Q(reviewer=reviewer) | Q(claimed_until__lt=now)


def take_over(order: Order, lead: User, *, now: datetime | None = None) -> None:
    """Takes the order, even from a colleague; for leads."""
    _take(order, lead, Q(), now or timezone.now())


def _take(order: Order, reviewer: User, condition: Q, now: datetime) -> None:
    """A single conditional update; a lease that is already the reviewer's is renewed and keeps its beginning."""
    if refused := _refusal(order, reviewer):
        raise refused
    until = now + LEASE
    decided = Decision.objects.filter(order=OuterRef("pk"), ended_at=None).exclude(reviewer=reviewer)
    free = queries.in_our_review().filter(~Exists(decided), condition, pk=order.pk)
    since = order.claimed_since if holds(order, reviewer, now=now) else now
    if free.update(reviewer=reviewer, claimed_since=since or now, claimed_until=until) != 1:
        order.refresh_from_db(fields=["state", "reviewer", "claimed_since", "claimed_until"])
        if queries.in_our_review().filter(pk=order.pk).exists():
            waiting = open_decision(order)
            raise Decided(order, waiting) if waiting else AssignedToOther(order)
        raise MoveNotAllowed(f"claim from {order.state}")
    order.reviewer, order.claimed_since, order.claimed_until = reviewer, since or now, until


def renew(order: Order, reviewer: User, *, now: datetime | None = None) -> bool:
    """Restarts the half hour of the reviewer who holds the order; False if this one no longer does."""
    now = now or timezone.now()
    mine = Order.objects.filter(pk=order.pk, reviewer=reviewer, claimed_until__gte=now)
    if mine.update(claimed_until=now + LEASE) != 1:
        return False
    order.claimed_until = now + LEASE
    return True


def release(order: Order, reviewer: User) -> bool:
    """Returns an order in review to the queue; False if the reviewer did not hold it. Raises `Decided`."""
    if decided := open_decision(order):
        raise Decided(order, decided)
    return queries.in_our_review().filter(pk=order.pk, reviewer=reviewer).update(**FREED) == 1


def release_all_of_former(user: User, *, now: datetime | None = None) -> None:
    """Returns the orders of somebody who no longer reviews to the queue."""
    if not reviewers().filter(pk=user.pk).exists():
        queries.in_our_review().filter(reviewer=user, claimed_until__gte=now or timezone.now()).update(**FREED)


def hand_on(order: Order, author: User, to: User, words: str = "", *, now: datetime | None = None) -> None:
    """Hands the order to a colleague, with a note; raises `OwnOrder` if it is the colleague's own.

    A lead hands on any order, others one that they hold or that is free; else raises `AssignedToOther`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        _take(order, to, Q() if is_lead(author) else _is_open_to(author, now), now)
        ColleagueNote.objects.create(
            order=order, kind=ColleagueNote.HANDED_ON, author=author, addressee=to, words=words, at=now
        )
