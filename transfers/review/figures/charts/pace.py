"""Whether the desk keeps up, how fast it answers, and how many rounds that takes."""

from collections import Counter
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.time_format import day_words
from icpportal.workdays.calendar import CLOSING_TIME, OPENING_TIME, Calendar
from transfers.durations.figures import within
from transfers.review.figures.charts import shapes
from transfers.review.figures.charts.figure import Figure, Fill, Table, hours_words, in_hours, percent_words, rate_words
from transfers.review.figures.charts.shapes import Mark, Series, Stack
from transfers.review.figures.facts import ANSWERED, ARRIVED, PASSED, PHOTO, REFUSED, RETURNED
from transfers.review.figures.periods import Period
from transfers.review.figures.queries import Counts, passed_first

HALF, NINE_IN_TEN = 50, 90
DAILY = 4  # weeks: a longer period is drawn by weeks
MINUTES = 60  # in an hour
WORKDAY = (CLOSING_TIME.hour - OPENING_TIME.hour) * MINUTES
ROUNDS = 3  # later rounds are drawn together


def short_day(day: date) -> str:
    """A day like `26 Oct`."""
    return day_words(day, weekday=False)


def pace(counts: Counts, known: Calendar) -> Figure:
    """Charts what arrived and what was answered, by working day or by week."""
    period = counts.period
    arrived, answered = counts.by_day(ARRIVED, first=True), counts.by_day(ANSWERED, first=True)
    if period.weeks > DAILY:
        days = period.first_days()
        arrived, answered = _by_week(arrived, period), _by_week(answered, period)
    else:
        days = [day for day in period.days() if known.is_workday(day) or arrived[day] or answered[day]]
    came, done = (counts.total(period, figure, first=True) for figure in (ARRIVED, ANSWERED))
    by_week = period.weeks > DAILY
    lead = _("Orders by week, %(first)s to %(last)s") if by_week else _("Orders by working day, %(first)s to %(last)s")
    said = {"first": short_day(period.first), "last": short_day(period.last)}
    pairs = [(arrived[day], answered[day]) for day in days]
    names = [short_day(day) for day in days]
    title = _pace_words(came, done)
    return Figure(
        key="pace",
        title=title,
        lead=lead % said,
        fills=[Fill(shapes.FIRST, _("arrived")), Fill(shapes.SECOND, _("answered for the first time"))],
        drawing=shapes.columns(title, names, pairs),
        table=Table(
            [_("Day or week from"), _("Arrived"), _("Answered for the first time")],
            [[name, *pair] for name, pair in zip(names, pairs, strict=True)],
        ),
    )


def _pace_words(came: int, done: int) -> str:
    numbers = {"came": came, "done": done}
    if done > came:
        return _("We catch up: %(came)s arrived, %(done)s answered") % numbers
    if done < came * 0.95:
        return _("We fall behind: %(came)s arrived, %(done)s answered") % numbers
    return _("We keep pace: %(came)s arrived, %(done)s answered") % numbers


def _by_week(by_day: Counter[date], period: Period) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, times in by_day.items():
        found[period.week_of(day)] += times
    return found


def speed(counts: Counts) -> Figure:
    """Charts how long an order waits for its first answer, in working time, week by week."""
    period = counts.period
    weeks = [*period.before.first_days(), *period.first_days()]
    by_week = [counts.minutes(day for day in counts.waits if period.week_of(day) == week) for week in weeks]
    names = [short_day(week) for week in weeks]
    curves = [
        _series([_minutes_within(each, share) for each in by_week], share, css)
        for share, css in ((HALF, "l1"), (NINE_IN_TEN, "l2"))
    ]
    all_of_it = counts.minutes(period.days())
    title = _("Nothing was answered yet")
    if all_of_it:
        most = hours_words(within(all_of_it, NINE_IN_TEN))
        title = _("Nine of ten first answers come within %(time)s of working time") % {"time": most}
    return Figure(
        key="speed",
        title=title,
        lead=_("Working hours from arrival to first answer, by week, with the period before"),
        drawing=shapes.curves(title, names, curves, Mark(WORKDAY, _("one working day")), MINUTES),
        table=Table(
            [_("Week from"), _("Half within, hours"), _("Nine of ten within, hours"), _("First answers")],
            [
                [name, *(_cell(each.values[place]) for each in curves), sum(by_week[place].values())]
                for place, name in enumerate(names)
            ],
        ),
    )


def _series(minutes: list[int | None], share: int, css: str) -> Series:
    """The curve, with its last value at its end."""
    last = next((value for value in reversed(minutes) if value is not None), None)
    return Series(minutes, f"p{share}" if last is None else f"p{share} {hours_words(last)}", css)


def _minutes_within(counted: Counter[int], percent: int) -> int | None:
    return within(counted, percent) if counted else None


def _cell(minutes: int | None) -> float | str:
    return "" if minutes is None else in_hours(minutes)


def rounds(counts: Counts) -> Figure:
    """Charts what became of orders in their first round, in their second, and so on."""
    first = passed_first(counts, counts.period)
    title = _("%(rate)s of the orders pass the first time") % {"rate": percent_words(first.percent)}
    if first.is_few:
        title = ngettext(
            "%(n)s of %(all)s order passed the first time", "%(n)s of %(all)s orders passed the first time", first.of
        ) % {"n": first.times, "all": first.of}
    return _by_round("rounds", title, _("Answers by the round of the order"), counts, ANSWERED)


def photos(counts: Counts) -> Figure:
    """Charts the same for photos of website administrators."""
    first = passed_first(counts, counts.period, PHOTO)
    title = _("No photo was judged in this period")
    if first.of:
        title = _("Photos that pass the first time: %(rate)s") % {"rate": rate_words(first)}
    return _by_round("photos", title, _("Answers by the round of the photo"), counts, PHOTO)


def _by_round(key: str, title: str, lead: str, counts: Counts, stage: str) -> Figure:
    """Charts how many were accepted, returned and refused in each round."""
    by_outcome = [counts.by_round(counts.period, stage, part) for part in (PASSED, RETURNED, REFUSED)]
    rows = [Stack(_round_words(n), tuple(each[n] for each in by_outcome)) for n in range(1, ROUNDS + 1)]
    beyond = tuple(sum(times for n, times in each.items() if n > ROUNDS) for each in by_outcome)
    rows = [row for row in [*rows, Stack(_("4 or more"), beyond)] if any(row.parts)]
    return Figure(
        key=key,
        title=title,
        lead=lead,
        fills=[
            Fill(shapes.FIRST, _("accepted")),
            Fill(shapes.SECOND, _("returned")),
            Fill(shapes.BAD, _("refused")),
        ],
        drawing=shapes.stacked_bars(title, rows, (shapes.FIRST, shapes.SECOND, shapes.BAD)) if rows else None,
        table=Table(
            [_("Round"), _("Accepted"), _("Returned"), _("Refused")], [[row.label, *row.parts] for row in rows]
        ),
    )


def _round_words(number: int) -> str:
    return _("Round %(n)s") % {"n": number}
