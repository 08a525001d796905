"""Charts of what comes after our review: the phone verification, and the time at the authority."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transfers.durations.figures import ENOUGH, HALF, MOST, within
from transfers.review.baskets.forms import province_name
from transfers.review.figures.charts import shapes
from transfers.review.figures.charts.figure import Figure, Fill, Table, percent_words
from transfers.review.figures.charts.pace import short_day
from transfers.review.figures.charts.shapes import Row, Stack
from transfers.review.figures.facts import LATER, MISSED, PHONES, SAME_DAY
from transfers.review.figures.periods import Period
from transfers.review.figures.queries import Counts, Rate

ENDS = (SAME_DAY, LATER, MISSED)
FILLS = (shapes.FIRST, shapes.SECOND, shapes.BAD)


def in_time(counts: Counts, period: Period) -> Rate:
    """How many phone verifications ended well, of all that ended."""
    return Rate(counts.total(period, PHONES, SAME_DAY, LATER), counts.total(period, PHONES))


def phones(counts: Counts) -> Figure:
    """Charts how phone verifications ended, week by week."""
    period = counts.period
    by_end = [counts.by_day(PHONES, end) for end in ENDS]
    weeks = {week: tuple(0 for _end in ENDS) for week in period.first_days()}
    for week in weeks:
        weeks[week] = tuple(sum(n for day, n in each.items() if period.week_of(day) == week) for each in by_end)
    rate = in_time(counts, period)
    title = _("No phone verification ended in this period")
    if rate.of:
        title = _("%(rate)s of the phone verifications are done in time") % {"rate": percent_words(rate.percent)}
    if rate.of and rate.is_few:
        title = ngettext(
            "%(n)s of %(all)s phone verification was done in time",
            "%(n)s of %(all)s phone verifications were done in time",
            rate.of,
        ) % {"n": rate.times, "all": rate.of}
    rows = [Stack(short_day(week), parts) for week, parts in weeks.items()]
    return Figure(
        key="phones",
        title=title,
        lead=_("Orders whose phone verification ended, by week"),
        fills=[
            Fill(shapes.FIRST, _("on the same day")),
            Fill(shapes.SECOND, _("later, in time")),
            Fill(shapes.BAD, _("missed")),
        ],
        drawing=shapes.stacked_bars(title, rows, FILLS) if rate.of else None,
        table=Table(
            [_("Week from"), _("On the same day"), _("Later, in time"), _("Missed")],
            [[row.label, *row.parts] for row in rows],
        ),
    )


def authorities(lengths: Mapping[str, Mapping[int, int]]) -> Figure:
    """Charts the working days that authorities took to approve, slowest first; those with few come last, grey."""
    found = [(code, within(each, HALF), within(each, MOST), sum(each.values())) for code, each in lengths.items()]
    ordered = sorted(found, key=lambda row: (row[3] < ENOUGH, -row[1], row[0]))
    title = _("Too few approvals to say how long the authorities take")
    if ordered and ordered[0][3] >= ENOUGH:
        code, half, _most, _times = ordered[0]
        title = ngettext(
            "%(province)s takes longest: half of the orders within %(n)s working day",
            "%(province)s takes longest: half of the orders within %(n)s working days",
            half,
        ) % {"province": province_name(code), "n": half}
    rows = [_row(*each) for each in ordered]
    return Figure(
        key="authorities",
        title=title,
        lead=_("Working days from submission to approval, in the last 90 days, as applicants read them"),
        drawing=shapes.lying(title, rows) if rows else None,
        table=Table(
            [_("Province"), _("Half within, days"), _("Four in five within, days"), _("Approved")],
            [[province_name(code), half, most, times] for code, half, most, times in ordered],
        ),
    )


def _row(code: str, half: int, most: int, times: int) -> Row:
    few = times < ENOUGH
    note = _("n %(n)s, few") % {"n": times} if few else f"n {times}"
    return Row(province_name(code), half, f"{half}–{most}", note, few)
