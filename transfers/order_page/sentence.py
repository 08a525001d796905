"""Heading and sentence of an order's page: whose turn it is, what to do, by when, and what happens otherwise."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.desk import own_words
from icpportal.fields.language_marks import reads_chinese
from icpportal.gateways.miit.codes.processing_codes import opened_by
from icpportal.lifecycle import APPLICANT
from icpportal.time_format import long_words
from icpportal.workdays.calendar import end_of_answer
from transfers.calls import queries as calls
from transfers.cancellation.deleted_filings import is_deleted
from transfers.cancellation.end_of_access import ended_at
from transfers.models import Order
from transfers.notifications.messages import kept_until
from transfers.notifications.texted_mobiles import number_differs
from transfers.orders import actions, queries, review_time
from transfers.orders.expiry import over_words
from transfers.orders.kinds import is_in, state_of
from transfers.orders.machine import ORDER
from transfers.orders.rows import WE, Group, Instead
from transfers.pages import authority_words

TIME_OVER = _("The deadline has passed")
WE_ARE_LATE = _(
    "This was due from us by %(due)s and is late. You do not need to do anything: we will tell you once it is done"
)


def heading(order: Order, to_change: int) -> str:
    """Whose turn it is or what to do; `to_change` is how many things a return named."""
    if over_words(order):
        return str(TIME_OVER)
    instead = _instead(order, to_change)
    words = (instead.heading if instead else "") or state_of(order).heading
    return str(words % {"n": to_change, "domain": order.display_domain})


def sentence(order: Order, to_change: int) -> str:
    """The state's sentence with dates and values filled in; `to_change` is how many things a return named."""
    if over := over_words(order):
        return over
    due = due_of(order)
    facts = {"due": long_words(due), "n": to_change, "number": order.site_number, "reason": _reason(order)}
    instead = _instead(order, to_change)
    is_late = instead is None and is_in(order, Group.ANSWERED_BY_US) and due < timezone.now()
    return str((WE_ARE_LATE if is_late else (instead or state_of(order)).sentence) % facts)


def _instead(order: Order, to_change: int) -> Instead | None:
    """What replaces the usual texts of the state now."""
    return next((each for each in state_of(order).instead if CONDITIONS[each.condition](order, to_change)), None)


def _reason(order: Order) -> str:
    """As our lead reviewer wrote it; for the authority's answer, its meaning: its words are shown below."""
    answer = authority_words.authority_words(order, chinese=reads_chinese())
    refused_by = state_of(order).refused_by
    if refused_by == WE:
        return own_words.text_for(queries.our_refusal(order), "zh" if reads_chinese() else "en")
    if refused_by and answer is None:
        return queries.refusal_words(order)
    return answer.advice if answer else authority_words.advice(order, "")["zh" if reads_chinese() else "en"]


# conditions under which the usual sentence of a state would be wrong
CONDITIONS: dict[str, Callable[[Order, int], bool]] = {
    "call_missed": lambda order, to_change: calls.waits_for_choice(order),
    "nothing_to_change": lambda order, to_change: not to_change,
    "access_ended": lambda order, to_change: ended_at(order) is not None,
    "filing_is_gone": lambda order, to_change: is_deleted(order, order.authority_code),
    "held": lambda order, to_change: order.held,
    "settled_elsewhere": lambda order, to_change: not opened_by(order.authority_code),
    "waits_for_answer": lambda order, to_change: queries.waits_for_answer(order),
    "waits_for_id": lambda order, to_change: queries.waits_for_id(order),
    "waits_for_other_decision": lambda order, to_change: queries.waits_for_other_decision(order),
    "takes_long": lambda order, to_change: review_time.takes_long(order, timezone.now()),
    "consent_withdrawn": lambda order, to_change: queries.lost_consent(order),
    "kept_no_more": lambda order, to_change: not actions.can_start_again(order),
    "cannot_be_sent_again": lambda order, to_change: (
        not ORDER.can(order, "resubmit", APPLICANT, queries.facts_of(order))
    ),
    "number_differs": lambda order, to_change: number_differs(order),
}


def due_of(order: Order) -> datetime:
    """The date in the sentence: the order's deadline, our answer, or how long a closed order is kept."""
    state = state_of(order)
    if order.due_at is not None:
        return order.due_at
    if is_in(order, Group.ANSWERED_BY_US):
        return end_of_answer(order.entered_at)
    if state.kept:  # from an earlier version, without a date: the next sweep sets one
        return timezone.now() + getattr(settings, state.kept)
    return kept_until(order, timezone.now())
