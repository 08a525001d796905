"""The outcomes of an attempt, one row each; none changes a verdict or the state of an order."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words

REACHED, LATER, NO_ANSWER, WRONG_NUMBER = "reached", "later", "no_answer", "wrong_number"
DROPPED, RETURNED, ORDER_ENDED, ANSWERED = "dropped", "returned", "order_ended", "answered"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: whether the attempt was missed, whether the applicant is told at once, whether the call is done."""

    key: str
    label: Words
    hint: Words
    is_missed: bool = False
    tells: bool = False
    ends: bool = False


OUTCOMES = (
    Outcome(REACHED, _("Reached: it is settled"), _("The call is done"), ends=True),
    Outcome(LATER, _("Reached: call back later"), _("Does not count as missed")),
    Outcome(
        NO_ANSWER,
        _("Nobody answered, engaged or switched off"),
        _("Counts as missed; after the second one the applicant is told"),
        is_missed=True,
    ),
    Outcome(
        WRONG_NUMBER,
        _("Wrong number"),
        _("Counts as missed; the applicant is told at once"),
        is_missed=True,
        tells=True,
    ),
)
# how a call can end without an attempt
OTHER_ENDS: dict[str, Words] = {
    DROPPED: _("Not needed any more"),
    RETURNED: _("The order was returned, because nobody was reached"),
    ORDER_ENDED: _("The order has ended"),
    ANSWERED: _("The objection is answered"),
}
_BY_KEY = {row.key: row for row in OUTCOMES}


def outcome_of(key: str) -> Outcome:
    """The outcome of an attempt."""
    return _BY_KEY[key]


def result_words(key: str) -> Words:
    """How a call ended."""
    return OTHER_ENDS.get(key) or _BY_KEY[key].label
