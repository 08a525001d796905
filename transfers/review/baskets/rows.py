"""The baskets of the desk, one row each: which orders are in it, by what they are due, where its list is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.models import User
from icpportal.fields.types import Words
from icpportal.workdays.calendar import Calendar
from transfers.models import Objection, Order
from transfers.orders.kinds import CANCELLATIONS, in_group, initial, queues, where
from transfers.orders.queries import was_returned
from transfers.orders.rows import AUTHORITY, WE, Group, State
from transfers.review.baskets.due import DueBy, over_before
from transfers.second_look.queries import waiting

JUDGE, ON_THE_WAY, ALL = _("To judge"), _("On the way"), _("All")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks into a basket, and when."""

    user: User
    now: datetime
    known: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """One list of orders."""

    key: str
    label: Words
    part: Words  # its part of the list of baskets
    orders: Callable[[Reader], Q]
    by: DueBy = DueBy.PROMISE
    is_work: bool = False  # orders can be taken from here
    is_rare: bool = False  # its few orders have an index of their own: it is counted separately
    on_home: bool = True

    @property
    def sort(self) -> str:
        """The column by which its orders are sorted, the most urgent first."""
        return "due_at" if self.by is DueBy.DEADLINE else "entered_at"


def in_review() -> Q:
    """Orders that wait for our reviewers. A plain list of states, as in the partial index."""
    return in_group(Group.IN_REVIEW)


def has_objection() -> Q:
    """A condition: somebody objects and has no answer yet; starts from the objections, which are few."""
    still_open = Objection.objects.filter(closed_at=None)
    named = Order.objects.filter(in_review(), domain__in=still_open.values("domain")).values("pk")
    same = Order.objects.filter(in_review(), subject_key__in=still_open.values("subject_key")).values("pk")
    about = Q(domain=OuterRef("domain")) | Q(subject_key=OuterRef("subject_key"))
    by_others = Exists(still_open.filter(about).exclude(owner=OuterRef("owner")))
    return in_review() & Q(pk__in=named.union(same)) & Q(by_others)


def _is_under_way(state: State) -> bool:
    return Group.ENDED not in state.groups and state.key != initial()


def free(now: datetime) -> Q:
    """Orders that nobody has."""
    return Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)


def held_by(user: User, now: datetime) -> Q:
    """Orders that this reviewer has."""
    return Q(reviewer=user, claimed_until__gte=now)


def _of_state(state: State) -> Basket:
    """The basket of a state that has a queue of its own."""
    promises = {WE: DueBy.PROMISE, AUTHORITY: DueBy.USUAL}
    is_judged = Group.IN_REVIEW in state.groups
    return Basket(
        key=state.queue,
        label=state.queue_label or state.label,
        part=JUDGE if is_judged else ON_THE_WAY,
        orders=lambda _reader: Q(state=state.key),
        by=promises.get(state.promised_by, DueBy.DEADLINE),
        is_work=is_judged,
    )


def baskets() -> tuple[Basket, ...]:
    """All baskets in their listed order: those of states, and those of special interest."""
    of_states = [_of_state(state) for state in queues()]
    judged = [row for row in of_states if row.is_work]
    on_the_way = [row for row in of_states if not row.is_work]
    return (
        ALL_TO_JUDGE,
        *(_first_look(row) for row in judged[:1]),
        AGAIN,
        *(_not_accepted(row) for row in judged[1:]),
        SECOND,
        *LOOKED_FOR,
        *on_the_way,
        *MORE,
    )


def _first_look(basket: Basket) -> Basket:
    """Excludes returned orders, which have a basket of their own."""
    first = replace(basket, label=_("First review"), orders=lambda reader: basket.orders(reader) & ~was_returned())
    return _not_accepted(first)


def _not_accepted(basket: Basket) -> Basket:
    """Excludes accepted orders, which wait for a second person in a basket of their own."""
    return replace(basket, orders=lambda reader: basket.orders(reader) & ~Q(waiting()))


def basket_of(key: str) -> Basket:
    """The basket of a URL; without one, everything to be judged."""
    return next((row for row in baskets() if row.key == key), ALL_TO_JUDGE)


ALL_TO_JUDGE = Basket(
    key="judge", label=_("All to judge"), part=JUDGE, orders=lambda _reader: in_review(), is_work=True, on_home=False
)
# what a lead has to assign
UNHELD = Basket(
    key="unheld",
    label=_("Overdue, and nobody has it"),
    part=JUDGE,
    orders=lambda reader: in_review() & Q(entered_at__lt=over_before(reader.now, reader.known)) & free(reader.now),
)
AGAIN = Basket(
    key="again",
    label=_("Returned again"),
    part=JUDGE,
    # without repeating that they are in review: the planner would then expect almost none
    orders=lambda _reader: in_group(Group.PAPERS_IN_REVIEW) & was_returned() & ~Q(waiting()),
    is_work=True,
)
SECOND = Basket(
    key="second",
    label=_("For a second look"),
    is_rare=True,
    part=JUDGE,
    orders=lambda _reader: in_review() & Q(waiting()),
    is_work=True,
)
LOOKED_FOR = (
    Basket(
        key="free",
        label=pgettext_lazy("basket", "Free"),
        part=JUDGE,
        orders=lambda reader: in_review() & free(reader.now),
        is_work=True,
        on_home=False,
    ),
    Basket(
        key="overdue",
        label=pgettext_lazy("basket", "Overdue"),
        is_rare=True,
        part=JUDGE,
        orders=lambda reader: in_review() & Q(entered_at__lt=over_before(reader.now, reader.known)),
        is_work=True,
        on_home=False,
    ),
    Basket(
        key="mine",
        label=_("Mine"),
        is_rare=True,
        part=JUDGE,
        orders=lambda reader: in_review() & held_by(reader.user, reader.now),
        on_home=False,
    ),
    Basket(
        key="objections",
        label=_("With an objection"),
        is_rare=True,
        part=JUDGE,
        orders=lambda _reader: in_review() & has_objection(),
        is_work=True,
        on_home=False,
    ),
)
MORE = (
    Basket(
        key="cancellations",
        label=_("Cancellations"),
        part=ON_THE_WAY,
        orders=lambda _reader: Q(kind__in=CANCELLATIONS) & where(_is_under_way),
        by=DueBy.NEVER,
    ),
    Basket(
        key="held",
        label=_("On hold: the provider's fault"),
        part=ON_THE_WAY,
        orders=lambda _reader: Q(held=True),
        by=DueBy.NEVER,
        on_home=False,
    ),
    Basket(key="all", label=_("All orders"), part=ALL, orders=lambda _reader: Q(), by=DueBy.NEVER, on_home=False),
)
