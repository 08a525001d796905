"""How long a transfer takes, for the drawing on the start page: who acts, for how long, in which order."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.provinces import Province
from icpportal.fields.types import Words
from transfers.durations.figures import EVERYWHERE, Figure, figures
from transfers.durations.spans import AUTHORITY, REVIEW, WHOLE
from transfers.pages.rules_summary import RulesToday


@dataclass(frozen=True, slots=True)
class Reach:
    """One part of the order's life: whose turn, how long, what. `place` is its letter in the style sheet."""

    place: str
    tone: str
    icon: str
    who: Words
    time: Words
    title: Words
    text: Words


@dataclass(frozen=True, slots=True)
class HowLong:
    """The parts from the first page to the approval, and what is known of the whole."""

    lead: Words
    reaches: list[Reach]


def how_long(today: RulesToday, rules: Province | None) -> HowLong:
    """The durations from our own figures where there are enough, else from the rules; of one province, or all."""
    place = rules.code if rules else EVERYWHERE
    known = figures([REVIEW, AUTHORITY, WHOLE], {place, EVERYWHERE})
    return HowLong(
        lead=_whole(known.get((WHOLE, place))),
        reaches=[
            Reach("a", "amber", "pencil", _("You"), _("25 min"), _("Fill in and upload"), _("In one go or in parts")),
            _review(known.get((REVIEW, EVERYWHERE))),  # the same reviewers for every province
            Reach("c", "amber", "portrait", _("You"), _("10 min"), _("Photo"), _("Of the website administrator")),
            *_phones(today, rules),
            _authority(known.get((AUTHORITY, place)), rules.review_days if rules else Province.review_days),
        ],
    )


def _whole(figure: Figure | None) -> Words:
    if figure is None:
        return _("Your own part is short. After each step we tell you the next date.")
    facts = {"half": in_days(figure.half), "most": in_days(figure.most)}
    return (
        _("In the last 90 days, half of all orders were approved within %(half)s, and four in five within %(most)s.")
        % facts
    )


def _review(figure: Figure | None) -> Reach:
    text = _four_in_five(figure) if figure else _("We may call you")
    return Reach("b", "blue", "circle-half", _("We"), in_workdays(figure.half if figure else 1), _("Review"), text)


def _phones(today: RulesToday, rules: Province | None) -> list[Reach]:
    """None for a province that texts nobody; before a province is chosen it says that only some do."""
    phones = rules.phones if rules else today.phones_everywhere
    if rules and phones is None:
        return []
    text = _("The ministry texts a code") if phones else _("In some provinces the ministry texts a code")
    time = _("within %(n)s h") % {"n": phones.hours if phones else 48}
    return [Reach("d", "amber", "phone-flag", _("You"), time, _("Verify the phones"), text)]


def _authority(figure: Figure | None, by_rules: tuple[int, int]) -> Reach:
    if figure:
        time, text = in_workdays(figure.half), _four_in_five(figure)
    else:
        low, high = by_rules
        time, text = (
            _("%(low)s–%(high)s working days") % {"low": low, "high": high},
            _("You do not need to do anything"),
        )
    return Reach("e", "violet", "building", _("The authority"), time, _("Decision"), text)


def _four_in_five(figure: Figure) -> Words:
    return _("Half of all orders; four in five within %(most)s") % {"most": in_workdays(figure.most)}


def in_workdays(n: int) -> str:
    """So many working days, as text."""
    return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}


def in_days(n: int) -> str:
    """So many days, as text."""
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
