"""Heading and sentence of an order's page: whose turn it is, what to do, by when, and what happens otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.desk import own_words
from icpportal.fields.language_marks import FULL_STOPS, reads_chinese
from icpportal.gateways.miit.codes.processing_codes import opened_by
from icpportal.lifecycle import APPLICANT
from icpportal.time_format import long_words, to_beijing
from icpportal.workdays.calendar import Calendar, end_of_answer
from transfers.calls import queries as calls
from transfers.cancellation.cause import WORDS as CAUSES
from transfers.cancellation.deleted_filings import is_deleted
from transfers.cancellation.end_of_access import EndOfAccess, end_of_access
from transfers.models import Order
from transfers.notifications.messages import kept_until
from transfers.notifications.texted_mobiles import number_differs
from transfers.orders import actions, queries, review_time
from transfers.orders.expiry import over_words
from transfers.orders.history import cause_of
from transfers.orders.kinds import is_in, state_of
from transfers.orders.machine import ORDER
from transfers.orders.rows import WE, Group, Instead
from transfers.pages import authority_words
from transfers.pages.dates import AHEAD, calendar_for

TIME_OVER = _("The deadline has passed")
WE_ARE_LATE = _(
    "This was due from us by %(due)s and is late. You do not need to do anything: we will tell you once it is done"
)


class Facts:
    """What several parts of an order's page ask; each is queried once, and only if the page needs it."""

    def __init__(self, order: Order, to_change: int) -> None:
        self.order = order
        self.to_change = to_change  # how many things a return named

    @cached_property
    def end(self) -> EndOfAccess | None:
        """The end of the access that the order brought."""
        return end_of_access(self.order)


@dataclass(frozen=True, slots=True)
class Opening:
    """The heading of an order's page and the sentence below it."""

    heading: str
    sentence: str


def opening(order: Order, facts: Facts) -> Opening:
    """Whose turn it is or what to do, and the state's sentence with dates and values filled in."""
    if over := over_words(order):
        return Opening(str(TIME_OVER), over)
    instead = next((each for each in state_of(order).instead if CONDITIONS[each.condition](order, facts)), None)
    return Opening(_heading(order, instead, facts.to_change), _sentence(order, instead, facts.to_change))


def _heading(order: Order, instead: Instead | None, to_change: int) -> str:
    words = (instead.heading if instead else "") or state_of(order).heading
    return str(words % {"n": to_change, "domain": order.display_domain})


def _sentence(order: Order, instead: Instead | None, to_change: int) -> str:
    due = due_of(order)
    values = {"due": long_words(due), "n": to_change, "number": order.site_number, "reason": _reason(order)}
    is_late = instead is None and is_in(order, Group.ANSWERED_BY_US) and due < timezone.now()
    return str((WE_ARE_LATE if is_late else (instead or state_of(order)).sentence) % values)


def _reason(order: Order) -> str:
    """Our cause, or as our lead reviewer wrote it; for the authority's answer, its meaning: its words are below."""
    if cause := cause_of(order):
        return str(CAUSES[cause])
    answer = authority_words.authority_words(order, chinese=reads_chinese())
    refused_by = state_of(order).refused_by
    if refused_by == WE:
        words = own_words.text_for(queries.our_refusal(order), "zh" if reads_chinese() else "en")
        return words.rstrip(FULL_STOPS)  # the sentence brings its own
    if refused_by and answer is None:
        return queries.refusal_words(order)
    return answer.advice if answer else authority_words.advice(order, "")["zh" if reads_chinese() else "en"]


# conditions under which the usual sentence of a state would be wrong
CONDITIONS: dict[str, Callable[[Order, Facts], bool]] = {
    "call_missed": lambda order, facts: calls.waits_for_choice(order),
    "nothing_to_change": lambda order, facts: not facts.to_change,
    "access_ended": lambda order, facts: facts.end is not None,
    "filing_is_gone": lambda order, facts: is_deleted(order, order.authority_code),
    "held": lambda order, facts: order.held,
    "settled_elsewhere": lambda order, facts: not opened_by(order.authority_code),
    "waits_for_answer": lambda order, facts: queries.waits_for_answer(order),
    "waits_for_id": lambda order, facts: queries.waits_for_id(order),
    "waits_for_other_decision": lambda order, facts: queries.waits_for_other_decision(order),
    "takes_long": lambda order, facts: review_time.takes_long(order, timezone.now(), _calendar_since(order)),
    "consent_withdrawn": lambda order, facts: queries.lost_consent(order),
    "kept_no_more": lambda order, facts: not actions.can_start_again(order),
    "cannot_be_sent_again": lambda order, facts: not ORDER.can(order, "resubmit", APPLICANT, queries.facts_of(order)),
    "photo_returned": lambda order, facts: _was_photo_refused(order),
    "for_cause": lambda order, facts: bool(cause_of(order)),
    "number_differs": lambda order, facts: number_differs(order),
}


def _was_photo_refused(order: Order) -> bool:
    return order.rounds.order_by("-number").values_list("decision", flat=True).first() == "refuse_photo"


def _calendar_since(order: Order) -> Calendar:
    entered = to_beijing(order.entered_at).date()
    return calendar_for(order, entered, entered + AHEAD)


def due_of(order: Order) -> datetime:
    """The date in the sentence: the order's deadline, our answer, or how long a closed order is kept."""
    state = state_of(order)
    if order.due_at is not None:
        return order.due_at
    if is_in(order, Group.ANSWERED_BY_US):
        return end_of_answer(order.entered_at, known=_calendar_since(order))
    if state.kept:  # from an earlier version, without a date: the next sweep sets one
        return timezone.now() + getattr(settings, state.kept)
    return kept_until(order, timezone.now())
