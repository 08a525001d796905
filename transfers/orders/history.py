"""The meaning of an order's events: its moves, and noted facts that move nothing, one row each."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from icpportal.database.row_reads import read_once
from icpportal.gateways.miit.codes.processing_codes import in_review
from transfers.models import Order, OrderEvent
from transfers.orders import rows, states
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.moves import MOVES, REPORTED, WAITS, WITHDRAW_CONSENT
from transfers.orders.rows import ACCOUNT, EARLIER_REPORT, HIDDEN, KEYS, ORIGIN, PERSON, REPLY, SYSTEM, Fact, Move

CANCEL_FOR_CAUSE = "cancel_for_cause"  # a move of ours
EARLIER_REFUSED = Fact("earlier_refused", _("The authority returned an earlier report of this order"), EARLIER_REPORT)
EARLIER_FAILED = Fact("earlier_failed", _("An earlier report of this order failed. There is nothing to do"), HIDDEN)
FILING_GONE = Fact("filing_gone", _("The authority has this filing on record no more"))
FACTS = (
    Fact("start", _("Order created"), ORIGIN),
    Fact("released", _("The problem is fixed, and the order is being submitted again")),
    EARLIER_REFUSED,
    EARLIER_FAILED,
    Fact("access_ended", _("The authority has this access on record no more")),
    FILING_GONE,
    Fact("reminded", _("Reminder sent")),
    Fact("call", _("We called you"), for_staff=_("Called")),
    Fact("call_planned", _("We want to call you"), for_staff=_("Asked for a call")),
    Fact("call_booked", _("You chose a time for our call"), for_staff=_("Chose a time for the call")),
    Fact("call_missed", _("We called you and reached nobody"), for_staff=_("Called and reached nobody")),
    Fact("explained", _("Left as it is, with a reason"), REPLY),
    Fact("use_again", _("A document from an earlier order is reused")),
    Fact("deadline_moved", _("The deadline was changed")),
    Fact("stated", _("You told us that you entered the code"), for_staff=_("Stated that the code was entered")),
    Fact("unstated", _("You undid that"), for_staff=_("Undid the statement about the code")),
    Fact("erased", _("Entries and documents were erased, because the account was closed"), done_by=SYSTEM),
    Fact(
        "consent_noted",
        _("The consent to the use of document pictures was withdrawn. The order is with the authority and goes on"),
        PERSON,
        WITHDRAW_CONSENT.done_by,
    ),
)
ROWS: dict[str, Move | Fact] = {
    **{fact.name: fact for fact in FACTS},
    **{row.name: row for row in reversed(MOVES)},
}
# names of the moves that return an order to its owner, and of those that refuse it
RETURNED = states.keys(rows.Group.RETURNED)
ENTRY = attrgetter("entry_by", "entry_from_state")
COME_BACK = tuple({row.name: row for row in MOVES if row.comes_back})
WITH_KEYS = tuple(name for name, row in ROWS.items() if row.note in KEYS)  # their note is a key, never words
REFUSALS = tuple({row.name: row for row in MOVES if row.target == states.REFUSED.key})


def entry_of(order: Order) -> tuple[str, str]:
    """Who last made the order one to change, and in which state it was; empty if nobody did."""
    return _entries(order).values_list("by", "from_state").first() or ("", "")


def entry_along(order: Order) -> dict[str, Subquery]:
    """The same as annotations of a query about the order, for `ENTRY`."""
    return {f"entry_{name}": Subquery(_entries(order).values(name)[:1]) for name in ("by", "from_state")}


def _entries(order: Order) -> QuerySet[OrderEvent]:
    return order.events.filter(to_state__in=RETURNED).exclude(from_state__in=RETURNED)


def row_of(name: str) -> Move | Fact | None:
    """The first move, or fact, of this name; `None` for what an older portal may have written."""
    return ROWS.get(name)


def audience_of(message: str) -> tuple[str, ...]:
    """Who gets a message about an order; what no move sends goes to the account."""
    return next((row.audience for row in MOVES if row.notify == message), (ACCOUNT,))


def came_by(order: Order) -> Move | Fact | None:
    """The event that led to the order's present state; `None` when there is none on record."""
    arrivals = order.events.filter(to_state=order.state).exclude(from_state=order.state)
    return row_of(arrivals.values_list("move", flat=True).first() or "")


def told_with(order: Order) -> str:
    """The message about the event that led to the order's present state; "" when there is none on record."""
    arrivals = order.events.filter(to_state=order.state).exclude(from_state=order.state)
    move, source = arrivals.values_list("move", "from_state").first() or ("", "")
    return next((row.notify for row in MOVES if row.name == move and source in row.sources), "")


def cause_of(order: Order) -> str:
    """The key of the cause for which we end the access; "" when its owner asked for it."""
    events = order.events.filter(move=CANCEL_FOR_CAUSE).values_list("note", flat=True)
    return str(read_once(order, CANCEL_FOR_CAUSE, lambda: events.first() or "")) if kind_of(order).ends_access else ""


def plain_words(events: QuerySet[OrderEvent]) -> QuerySet[OrderEvent]:
    """Events whose words are in the note, as an earlier version wrote them; notes that are keys are left out."""
    return events.exclude(Q(note="") | Q(move__in=WITH_KEYS))


def postponed(orders: Iterable[Order]) -> set[UUID]:
    """The keys of those whose report the authority has postponed until something else of the filing is decided.

    One query for all of them, and none where no answer of the authority can mean this.
    """
    may_be = [
        order.pk
        for order in orders
        if is_in(order, rows.Group.IN_AUTHORITY_REVIEW) and in_review(order.authority_code, kind_of(order).report_kind)
    ]
    if not may_be:
        return set()
    answers = OrderEvent.objects.filter(order__in=may_be, move__in=(WAITS.name, REPORTED.name)).order_by("at", "pk")
    last = dict(answers.values_list("order", "move"))  # the latest of each order stays
    return {order for order, move in last.items() if move == WAITS.name}
