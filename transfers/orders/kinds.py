"""What differs by kind of order, one row each: stages, report, effects of answers, words and pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from icpportal.gateways.miit.types import ReportKind
from transfers.orders import states
from transfers.orders.rows import AUTHORITY, CANCEL_SENT, ENDED_AFTER_REFUSAL, FOR_CAUSE, ON_ITS_WAY, Group, State

if TYPE_CHECKING:
    from transfers.models import Order

TRANSFER_STAGES, CANCELLATION_STAGES = "transfer", "cancellation"  # keys of `STAGE_SETS` in `stages.py`
STAYS = _("The transfer stays as it is")
TAKE_BACK = _("Withdraw the request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of order."""

    key: str
    name: Words
    stages: str
    report: str  # dotted name of the function that builds its report: (order, number) -> Report
    report_kind: ReportKind
    answers: str  # dotted name of the handlers of the authority's answers
    outcome: str = ""  # the outcome of "verify filing type" that begins such an order
    brings_access: bool = False
    ends_access: bool = False
    is_reviewed: bool = False  # our reviewers read its answers and documents
    subject_known: bool = False  # the subject's details come from the register
    # states that mean something else for this kind
    special: tuple[State, ...] = ()

    def state(self, key: str) -> State:
        """The row of a state as it is for this kind."""
        return next((state for state in self.special if state.key == key), None) or states.BY_KEY[key]

    def all_states(self) -> Iterator[State]:
        """Every row of states as it is for this kind."""
        return (self.state(key) for key in states.BY_KEY)


TRANSFER = Kind(
    key="transfer",
    name=_("Transfer"),
    stages=TRANSFER_STAGES,
    report="transfers.authority.reports.access_report",
    report_kind=ReportKind.ACCESS,
    answers="transfers.authority.results.TRANSFER_HANDLERS",
    outcome="transfer",
    brings_access=True,
    is_reviewed=True,
)
TRANSFER_ANOTHER = Kind(
    key="transfer_another",
    name=_("Transfer another"),
    stages=TRANSFER.stages,
    report=TRANSFER.report,
    report_kind=TRANSFER.report_kind,
    answers=TRANSFER.answers,
    outcome="transfer_another",
    brings_access=True,
    is_reviewed=True,
    subject_known=True,
)
CANCELLATION = Kind(
    key="cancellation",
    name=_("Cancellation"),
    stages=CANCELLATION_STAGES,
    report="transfers.authority.reports.cancellation_report",
    report_kind=ReportKind.CANCELLATION,
    answers="transfers.authority.results.CANCELLATION_HANDLERS",
    ends_access=True,
    special=(
        replace(
            states.DRAFT,
            heading=_("Confirm the cancellation"),
            sentence=_("Not submitted yet. Confirm it by %(due)s, or it will be closed"),
            groups=states.DRAFT.groups - {Group.PROOFS_EXPIRE, Group.BACKDROP_OFFERED},
            kept="",
            reminder="",
            upload="",
            blocks=_("Order %(ref)s cancels a transfer and was not submitted yet: finish it, or keep the transfer"),
        ),
        replace(
            states.HANDING_OVER,
            heading=_("We are submitting the cancellation to the authority"),
            instead=(FOR_CAUSE, *states.HANDING_OVER.instead),
            promised_by="",
            unavailable=((TAKE_BACK, ON_ITS_WAY),),
            blocks=CANCEL_SENT,
        ),
        replace(
            states.AUTHORITY_REVIEW,
            heading=_("The authority is reviewing the cancellation"),
            instead=(FOR_CAUSE, *states.AUTHORITY_REVIEW.instead),
            sentence=_("The authority has your request. It cannot be stopped now. We will tell you the result"),
            promised_by="",
            unavailable=((TAKE_BACK, _("the authority has the request")),),
            blocks=CANCEL_SENT,
        ),
        replace(
            states.REFUSED,
            heading=_("The authority refused the cancellation"),
            sentence=STAYS,
            instead=(ENDED_AFTER_REFUSAL,),
            groups=frozenset({Group.ENDED, Group.GRANT_MAY_COME, Group.LAST_WORD_SAID}),
            panels=("said",),
            refused_by=AUTHORITY,
        ),
        replace(
            states.ABANDONED,
            heading=_("The cancellation was stopped"),
            sentence=STAYS,
            groups=states.ABANDONED.groups - {Group.STARTS_AGAIN},
        ),
        replace(
            states.EXPIRED,
            heading=_("Closed: not confirmed in time"),
            sentence=STAYS,
            instead=(),
            groups=states.EXPIRED.groups - {Group.STARTS_AGAIN},
        ),
    ),
)

KINDS = (TRANSFER, TRANSFER_ANOTHER, CANCELLATION)
BY_KEY = {kind.key: kind for kind in KINDS}


def known_key(key: str) -> str:
    """The key, if there is such a kind; else ""."""
    return next((kind.key for kind in KINDS if kind.key == key), "")


def kind_of(order: "Order") -> Kind:
    """The row of the order's kind."""
    return BY_KEY[order.kind]


def state_of(order: "Order") -> State:
    """The row of the order's state, as it is for its kind."""
    return kind_of(order).state(order.state)


def is_in(order: "Order", group: Group) -> bool:
    """Whether the order's state is in this group."""
    return group in state_of(order).groups


def keys(feature: str) -> tuple[str, ...]:
    """The keys of the kinds that have `feature`, a boolean of the row."""
    return tuple(kind.key for kind in KINDS if getattr(kind, feature))


TRANSFERS, CANCELLATIONS, ALL = keys("brings_access"), keys("ends_access"), tuple(BY_KEY)


def for_outcome(outcome: str) -> Kind:
    """The kind of order that this outcome of "verify filing type" begins."""
    return next(kind for kind in KINDS if kind.outcome == outcome)


def for_subject(*, known: bool) -> Kind:
    """The kind of a transfer, by whether the subject is on file here."""
    return TRANSFER_ANOTHER if known else TRANSFER


def where(holds: Callable[[State], bool | str]) -> Q:
    """Matches orders in a state for which `holds` is true."""
    by_states: dict[tuple[str, ...], list[str]] = {}
    for kind in KINDS:
        by_states.setdefault(tuple(state.key for state in kind.all_states() if holds(state)), []).append(kind.key)
    if len(by_states) == 1:
        return Q(state__in=next(iter(by_states)))
    some = [Q(kind__in=kinds, state__in=keys) for keys, kinds in by_states.items() if keys]
    return reduce(or_, some)


def in_group(group: Group) -> Q:
    """Matches orders in a state of this group."""
    return where(lambda state: group in state.groups)


def not_ended() -> tuple[str, ...]:
    """The keys of the states that are no end; a plain list, so that databases can match it with an index."""
    return tuple(state.key for state in states.STATES if Group.ENDED not in state.groups)


def keys_sorted_by_deadline() -> tuple[str, ...]:
    """The keys of states with a queue in which nobody promised a time: their orders sort by deadline."""
    return tuple(state.key for state in states.STATES if state.queue and not state.promised_by)


def queues() -> tuple[State, ...]:
    """The states with a queue of their own at the desk."""
    return tuple(state for state in states.STATES if state.queue)


def initial() -> str:
    """The key of the first state of every order."""
    return states.DRAFT.key
