"""The parts of a figure: a finding as its title, a chart, and a table of the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from icpportal.desk.sheets import Cell
from transfers.review.figures.charts.shapes import Drawing
from transfers.review.figures.queries import Rate


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first cell of a row says what the row is about."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Fill:
    """What a colour of the chart means."""

    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What `admin/figures/figure.html` draws; without a chart, its title says why there is none."""

    key: str  # names it in the address of its CSV file
    title: str
    lead: str
    table: Table
    drawing: Drawing | None = None
    fills: Sequence[Fill] = field(default_factory=tuple)


def rate_words(rate: Rate) -> str:
    """Words for a share, like `72%`; for few cases `2 of 3`, so that nobody takes them for many."""
    if rate.is_few:
        return _("%(n)s of %(all)s") % {"n": rate.times, "all": rate.of}
    return percent_words(rate.percent)


def percent_words(percent: int) -> str:
    """Words like `72%`."""
    return _("%(n)s%%") % {"n": percent}


def hours_words(minutes: int) -> str:
    """Words like `3 h 15`, `3 h` or `15 min`."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}


def in_hours(minutes: int) -> float:
    """Minutes as hours for tables, in the quarters of an hour that are counted."""
    return round(minutes / 60, 2)
