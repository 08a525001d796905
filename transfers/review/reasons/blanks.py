"""The blanks in a reason's text: a fixed list, filled in from the order and masked as in messages."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from icpportal.desk.own_words import CODES
from icpportal.fields.types import Words
from icpportal.time_format import day_words, to_beijing
from transfers.models import Order, ReasonVersion
from transfers.returns.answer_rows import mask_of
from transfers.returns.labels import label_of
from transfers.returns.returned_parts import MASKS
from transfers.review.values import value_of

BLANK = re.compile(r"\{([^{}]*)\}")
NOTHING = "–"
Told = dict[str, dict[str, str]]  # by language and form, as a verdict stores it


@dataclass(frozen=True, slots=True)
class Blank:
    """One placeholder that a text may hold."""

    label: Words
    fill: Callable[[Order, str, datetime], str]


def _value(order: Order, part: str, now: datetime) -> str:  # noqa: ARG001 -- one signature for all blanks
    return mask_of(part, MASKS)(value_of(order, part)) or NOTHING


BLANKS = {
    "value": Blank(_("what was entered, masked"), _value),
    "field": Blank(_("name of the part"), lambda order, part, now: str(label_of(part))),
    "domain": Blank(_("domain name"), lambda order, part, now: order.display_domain),
    "date": Blank(_("day of the decision"), lambda order, part, now: day_words(to_beijing(now).date())),
}


def unknown(text: str) -> list[str]:
    """The placeholders of a text that nothing fills."""
    return [name for name in BLANK.findall(text) if name not in BLANKS]


def texts_about(version: ReasonVersion, order: Order, part: str, now: datetime) -> Told:
    """The texts of a version about a part of this order, in both languages."""
    found: Told = {}
    for language, code in CODES.items():
        with override(code):
            text = fill_in(version.text(language), order, part, now)
        found[language] = {"text": text, "short": version.short(language)}
    return found


def fill_in(text: str, order: Order, part: str, now: datetime) -> str:
    """A text with its blanks filled in, in the active language."""

    def fill(blank: re.Match[str]) -> str:
        known = BLANKS.get(blank.group(1))
        return known.fill(order, part, now) if known else blank.group()

    return BLANK.sub(fill, text)


def plain(text: str) -> str:
    """A text with its blanks named, not filled: "The name (what was entered, masked) …"."""
    return BLANK.sub(lambda blank: f"({BLANKS[blank.group(1)].label})" if blank.group(1) in BLANKS else "", text)


def needs_value(texts: Iterable[str]) -> bool:
    """Whether one of these texts names what was entered; such a reason cannot be given for a paper."""
    return any("value" in BLANK.findall(text) for text in texts)
