"""The numbers at the top of the page, each compared with the period before."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transfers.durations.figures import within
from transfers.review.figures.charts import pace, stages
from transfers.review.figures.charts.figure import hours_words, rate_words
from transfers.review.figures.facts import ARRIVED
from transfers.review.figures.page.overdue import Overdue
from transfers.review.figures.queries import Counts, Rate, passed_first

GOOD, BAD, PLAIN = "good", "bad", ""
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One number, how it compares, and whether that is good."""

    label: str
    value: str
    note: str = ""
    tone: str = PLAIN


def kpis(counts: Counts, waits: Overdue) -> list[Kpi]:
    """Arrivals, the first answer, the first pass, the phones, and what is overdue now."""
    now, before = counts.period, counts.period.before
    came, came_before = (counts.total(each, ARRIVED, first=True) for each in (now, before))
    passed, passed_before = (passed_first(counts, each) for each in (now, before))
    phones, phones_before = (stages.in_time(counts, each) for each in (now, before))
    return [
        Kpi(_("Arrivals"), str(came), _growth(came, came_before, now.weeks)),
        _wait(counts, pace.HALF, _("Half answered within")),
        _wait(counts, pace.NINE_IN_TEN, _("Nine of ten answered within")),
        _share(_("First-pass rate"), passed, passed_before),
        _share(_("Phones in time"), phones, phones_before),
        _overdue(waits),
    ]


def _growth(n: int, before: int, weeks: int) -> str:
    if Rate(0, before).is_few:
        return ""
    change = round(100 * (n - before) / before)
    return _("%(change)+d%% on the %(weeks)s weeks before") % {"change": change, "weeks": weeks}


def _wait(counts: Counts, percent: int, label: str) -> Kpi:
    """The working time within which this share of first answers came."""
    now, before = (counts.minutes(each.days()) for each in (counts.period, counts.period.before))
    if not now:
        return Kpi(label, UNKNOWN)
    minutes = within(now, percent)
    faster = 0 if Rate(0, sum(before.values())).is_few else within(before, percent) - minutes
    if not faster:
        return Kpi(label, hours_words(minutes))
    words = _("%(time)s faster") if faster > 0 else _("%(time)s slower")
    return Kpi(label, hours_words(minutes), words % {"time": hours_words(abs(faster))}, GOOD if faster > 0 else BAD)


def _share(label: str, rate: Rate, before: Rate) -> Kpi:
    if not rate.of:
        return Kpi(label, UNKNOWN)
    points = 0 if rate.is_few or before.is_few else rate.percent - before.percent
    if not points:
        return Kpi(label, rate_words(rate))
    words = ngettext("%(points)+d point", "%(points)+d points", abs(points)) % {"points": points}
    return Kpi(label, rate_words(rate), words, GOOD if points > 0 else BAD)


def _overdue(waits: Overdue) -> Kpi:
    note = _("%(n)s nobody has taken") % {"n": waits.free} if waits.free else ""
    return Kpi(_("Overdue now"), str(waits.over), note, BAD if waits.over else PLAIN)
