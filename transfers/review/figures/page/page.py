"""The page as drawn: the numbers at its top, a figure for each question, the people, what applicants read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.accounts.models import User
from icpportal.desk.pages import DeskPage
from icpportal.fields.language_marks import sign
from icpportal.time_format import day_words, to_beijing
from icpportal.workdays.calendar import Calendar, calendar
from transfers.durations.figures import WINDOW, figure_from
from transfers.durations.spans import AUTHORITY, REVIEW
from transfers.filing_type.how_long import in_workdays
from transfers.review.baskets.forms import province_name
from transfers.review.figures.charts import pace, returns, stages
from transfers.review.figures.charts.figure import Figure, Table, rate_words
from transfers.review.figures.facts import ANSWERED, LATE
from transfers.review.figures.page.forms import FiguresForm
from transfers.review.figures.page.kpis import Kpi, kpis
from transfers.review.figures.page.overdue import LONGEST, Overdue, overdue
from transfers.review.figures.page.people import People, people_of, table_of
from transfers.review.figures.periods import Period, period_to
from transfers.review.figures.queries import FEW, Counts, Rate, counts, lengths, places

AHEAD = timedelta(days=60)  # what came in today is due after the longest holidays at the latest
PEOPLE = "people"
TOLD = 5  # provinces whose time at the authority applicants read


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage(DeskPage):
    """The figures of the desk, for leads."""

    template: ClassVar[str] = "admin/figures/figures.html"

    lead: str
    form: FiguresForm
    kpis: list[Kpi]
    figures: list[Figure]
    overdue: Overdue
    at: datetime
    late: str
    people: People
    few: int
    feed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage(DeskPage):
    """One reviewer's own work."""

    template: ClassVar[str] = "admin/figures/own.html"

    lead: str
    form: FiguresForm
    people: People
    few: int


@dataclass(frozen=True, slots=True)
class _Request:
    """What to show, and what was found."""

    form: FiguresForm
    period: Period
    known: Calendar
    counts: Counts
    approved: Mapping[tuple[str, str], Mapping[int, int]]

    @property
    def is_empty(self) -> bool:
        return not any(row.day in self.period for row in self.counts.rows)


def figures_page(form: FiguresForm, now: datetime) -> FiguresPage:
    """The page of a lead, of one province or of all."""
    asked = _ask(form, now)
    waits = overdue(form.place, now, asked.known)
    return FiguresPage(
        title=_("Figures"),
        lead=_lead(asked.period),
        form=form,
        kpis=[] if asked.is_empty else kpis(asked.counts, waits),
        figures=[] if asked.is_empty else _figures(asked),
        overdue=waits,
        at=now,
        late=_late_words(asked),
        people=people_of(asked.period, now, asked.known),
        few=FEW,
        feed=_feed(asked),
    )


def own_page(form: FiguresForm, user: User, now: datetime) -> OwnPage:
    """The page of the reader's own work."""
    period = period_to(now, form.length)
    return OwnPage(
        title=_("Figures"), lead=_lead(period), form=form, people=people_of(period, now, _calendar(now), user), few=FEW
    )


def table(key: str, form: FiguresForm, user: User, now: datetime, *, is_lead: bool) -> Table | None:
    """The numbers of one figure; None if there is no such figure, or the reader may not see it."""
    if key == PEOPLE:
        return table_of(people_of(period_to(now, form.length), now, _calendar(now), None if is_lead else user))
    found = _figures(_ask(form, now)) if is_lead else []
    return next((figure.table for figure in found if figure.key == key), None)


def _ask(form: FiguresForm, now: datetime) -> _Request:
    period = period_to(now, form.length)
    approved = lengths(to_beijing(now).date() - WINDOW, (AUTHORITY, REVIEW))
    return _Request(form, period, _calendar(now), counts(period, form.place), approved)


def _calendar(now: datetime) -> Calendar:
    """The working days of the longest period, and those until a promise made today is due."""
    return calendar((now - LONGEST).date(), (now + AHEAD).date())


def _figures(asked: _Request) -> list[Figure]:
    found = places(asked.period, asked.form.place)
    return [
        pace.pace(asked.counts, asked.known),
        pace.speed(asked.counts),
        pace.rounds(asked.counts),
        returns.by_reason(found),
        returns.by_part(found),
        returns.by_province(found),
        pace.photos(asked.counts),
        stages.phones(asked.counts),
        stages.authorities(_of_authorities(asked)),
    ]


def _of_authorities(asked: _Request) -> dict[str, Mapping[int, int]]:
    return {province: each for (stage, province), each in asked.approved.items() if stage == AUTHORITY}


def _lead(period: Period) -> str:
    period_words = {"weeks": period.weeks, "last": day_words(period.last)}
    words = ngettext("%(weeks)s week to %(last)s.", "%(weeks)s weeks to %(last)s.", period.weeks) % period_words
    return f"{words}{sign(' ')}{_('Counted in working hours; no names of applicants.')}"


def _late_words(asked: _Request) -> str:
    """How many of the first answers came later than promised."""
    late, all_of_them = (asked.counts.total(asked.period, each, first=True) for each in (LATE, ANSWERED))
    if not all_of_them:
        return ""
    rate = rate_words(Rate(late, all_of_them))
    return _("First answers later than promised in this period: %(rate)s.") % {"rate": rate}


def _feed(asked: _Request) -> list[str]:
    """What the start page tells applicants, from the same counts of approvals."""
    review = Counter[int]()
    for (stage, _province), each in asked.approved.items():
        review.update(each if stage == REVIEW else {})
    sentences = []
    if found := figure_from(review):
        sentences.append(_("The review usually takes %(time)s.") % {"time": in_workdays(found.half)})
    known = sorted(_of_authorities(asked).items(), key=lambda row: -sum(row[1].values()))
    for province, each in known:
        if (found := figure_from(each)) and asked.form.place in ("", province) and len(sentences) <= TOLD:
            facts = {"province": province_name(province), "time": in_workdays(found.half)}
            sentences.append(_("In %(province)s the authority usually takes %(time)s.") % facts)
    return sentences
