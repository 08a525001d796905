"""The results of an objection, one row each: text for the desk, what follows, text for the person who objected."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words

JUSTIFIED, LATE = "justified", "justified_late"


@dataclass(frozen=True, slots=True)
class Result:
    """One result of an objection."""

    key: str
    label: Words
    hint: Words
    told: Words


RESULTS = (
    Result(
        JUSTIFIED,
        _("Justified: the order must not go on"),
        _("Nobody can accept the order any more. Refusing it takes a second lead"),
        _("Your objection is justified. The order of the other account does not go on"),
    ),
    Result(
        LATE,
        _("Justified, but the order has left our review"),
        _("It lies with the authority, or has ended: write what follows. Should it come back, nobody can accept it"),
        _("Your objection is justified. The order of the other account had left our review before"),
    ),
    Result(
        "not_justified",
        _("Not justified: the order goes on"),
        _("The order stays as it is"),
        _("Your objection is not justified. The order of the other account goes on"),
    ),
    Result(
        "settled",
        _("Settled: there is nothing left to decide"),
        _("The order has ended, or both sides agree"),
        _("Your objection is settled. There is nothing left to decide"),
    ),
)
_BY_KEY = {row.key: row for row in RESULTS}


def results_for(*, has_left: bool) -> list[Result]:
    """The ends for an order that is still to be accepted, or for one that nobody here stops any more."""
    return [row for row in RESULTS if row.key != (JUSTIFIED if has_left else LATE)]


def result_of(key: str) -> Result | None:
    """The row of a result; None for an objection from before there were results."""
    return _BY_KEY.get(key)
