"""Texts about parked answers: why each is parked, and what to do about it."""

from django.utils.translation import gettext_lazy as _

from icpportal.fields.language_marks import labelled
from icpportal.fields.types import Words
from transfers.authority.results import NO_ORDER, NO_REPORT, OVERTAKEN
from transfers.models import ParkedAnswer
from transfers.orders.states import STATES

LABELS: dict[str, Words] = {state.key: state.label for state in STATES}
WHY: dict[str, Words] = {
    NO_ORDER: _("There is no such order"),
    NO_REPORT: _("The order has made no such report"),
    OVERTAKEN: _("The order was being changed at that moment"),
}
WHY_NOT_TAKEN = _("The order could not take it in the state it was in")
WHY_NOT_READ = _("It could not be read")
ASK_ABOUT_ORDER = _("Find out which order is meant, do by hand what it says, then close it")
PROPOSE = _("Compare it with the order; propose to apply it, or do by hand what it says and close it")
SECOND_PERSON = _("A second person reads the reason, then applies it or declines")


def why_parked(row: ParkedAnswer) -> str:
    """Why no order took the answer."""
    known = WHY.get(row.reason)
    if known:
        return str(known)
    if " by " not in row.reason:
        return f"{WHY_NOT_READ} ({row.reason})"
    state = LABELS.get(row.reason.rpartition(" from ")[2])
    return labelled(WHY_NOT_TAKEN, state) if state else f"{WHY_NOT_TAKEN} ({row.reason})"
