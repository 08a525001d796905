"""What a figure is made of: a finding as its title, a chart, and a table of the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from icpportal.desk.sheets import Cell
from transfers.review.figures.charts.shapes import Drawing
from transfers.review.figures.queries import Rate


@dataclass(frozen=True, slots=True)
class Table:
    """The headings, and the rows below them; the first cell of a row says what it is about."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Fill:
    """What a colour of the chart means."""

    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What `admin/figures/figure.html` draws; without a chart its title says why there is none."""

    key: str  # of its address as CSV
    title: str
    lead: str
    table: Table
    drawing: Drawing | None = None
    fills: Sequence[Fill] = field(default_factory=tuple)


def rate_words(rate: Rate) -> str:
    """`72%`; of a few `2 of 3`, so that nobody takes them for many."""
    if rate.is_few:
        return _("%(n)s of %(all)s") % {"n": rate.times, "all": rate.of}
    return percent_words(rate.percent)


def percent_words(percent: int) -> str:
    """`72%`."""
    return _("%(n)s%%") % {"n": percent}


def hours_words(minutes: int) -> str:
    """`3 h 15`, `3 h`, `15 min`."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}


def in_hours(minutes: int) -> float:
    """For tables: quarters of an hour, as they are counted."""
    return round(minutes / 60, 2)
