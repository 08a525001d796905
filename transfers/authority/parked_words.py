"""Texts about parked answers: why each is parked, and what to do about it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.language_marks import labelled
from icpportal.fields.types import Words
from icpportal.gateways.miit.types import AnswerKind
from transfers.authority.results import NO_ORDER, NO_REPORT, OVERTAKEN
from transfers.models import ParkedAnswer
from transfers.orders.states import STATES

KINDS: dict[str, Words] = {
    AnswerKind.ACCEPTED: pgettext_lazy("answer", "Taken in"),
    AnswerKind.GRANTED: pgettext_lazy("answer", "Approved"),
    AnswerKind.TURNED_DOWN: pgettext_lazy("answer", "Returned"),
    AnswerKind.REPORT_FAILED: pgettext_lazy("answer", "Fault of the report"),
    AnswerKind.WAITS: pgettext_lazy("answer", "Waits for another decision"),
    AnswerKind.RECORD: pgettext_lazy("answer", "Record of a filing"),
    AnswerKind.STRUCK: pgettext_lazy("answer", "Struck off the record"),
}
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
    return _why(row.reason)


def alarm_words(detail: str) -> str:
    """`settings.ALARM_DETAILS`: which answer is parked and why, from what the alarm has stored."""
    kind, _colon, reason = detail.partition(": ")
    return f"{KINDS[kind]} · {_why(reason)}" if kind in KINDS else detail


def _why(reason: str) -> str:
    known = WHY.get(reason)
    if known:
        return str(known)
    if " by " not in reason:
        return f"{WHY_NOT_READ} ({reason})"
    state = LABELS.get(reason.rpartition(" from ")[2])
    return labelled(WHY_NOT_TAKEN, state) if state else f"{WHY_NOT_TAKEN} ({reason})"
