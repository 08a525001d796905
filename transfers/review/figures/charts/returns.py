"""What orders are returned for, in which parts, and in which provinces most often."""

from collections import Counter
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from icpportal.fields.language_marks import reads_chinese
from transfers.models import ReturnReason
from transfers.returns.labels import label_of, section_of
from transfers.review.baskets.forms import province_name
from transfers.review.figures.charts import shapes
from transfers.review.figures.charts.figure import Figure, Table, percent_words, rate_words
from transfers.review.figures.charts.shapes import Mark, Row
from transfers.review.figures.queries import Places, Rate

MOST = 10  # bars drawn; the table has all


def by_reason(places: Places) -> Figure:
    """Charts the reasons by how often they were given."""
    texts = _reason_texts() if places.reasons else {}
    named: Counter[str] = Counter()
    for key, times in places.reasons.items():
        named[texts.get(key, key) or _("In words of one's own")] += times
    return _tally("reasons", named, _("Reasons told in this period"), _reasons_words, _("Reason"))


def by_part(places: Places) -> Figure:
    """Charts the parts of an order by how often they were returned."""
    named: Counter[str] = Counter()
    for part, times in places.parts.items():
        named[_part_words(part)] += times
    return _tally("parts", named, _("Parts named in this period"), _parts_words, _("Part"))


def by_province(places: Places) -> Figure:
    """Charts the share of orders returned with the first answer, highest first; provinces with few come last, grey."""
    rates = sorted(places.returned.items(), key=lambda row: (row[1].is_few, -row[1].percent, row[0]))
    whole = Rate(sum(rate.times for _code, rate in rates), sum(rate.of for _code, rate in rates))
    known = [(code, rate) for code, rate in rates if not rate.is_few]
    title = _("Too few answers in each province to compare them")
    if known:
        code, rate = known[0]
        title = _("%(province)s is returned most: %(rate)s") % {
            "province": province_name(code),
            "rate": rate_words(rate),
        }
    rows = [
        Row(province_name(code), rate.percent, rate_words(rate), _out_of(rate), rate.is_few) for code, rate in rates
    ]
    mark = Mark(whole.percent, _("all %(rate)s") % {"rate": percent_words(whole.percent)}) if known else None
    return Figure(
        key="provinces",
        title=title,
        lead=_("Orders returned with their first answer, of those answered"),
        drawing=shapes.lying(title, rows, mark) if rows else None,
        table=Table(
            [_("Province"), _("Returned"), pgettext("figures", "Answered"), _("Share, %")],
            [[province_name(code), rate.times, rate.of, rate.percent] for code, rate in rates],
        ),
    )


def _tally(key: str, named: Mapping[str, int], lead: str, words: Callable[[str, Rate], str], heading: str) -> Figure:
    """Bars of how often each was named, the most frequent first."""
    ordered = sorted(named.items(), key=lambda row: (-row[1], row[0]))
    whole = sum(named.values())
    title = words(ordered[0][0], Rate(ordered[0][1], whole)) if ordered else _("Nothing was returned in this period")
    rows = [Row(name, times, str(times)) for name, times in ordered[:MOST]]
    return Figure(
        key=key,
        title=title,
        lead=lead + ngettext(", %(n)s in all", ", %(n)s in all", whole) % {"n": whole},
        drawing=shapes.lying(title, rows) if rows else None,
        table=Table([heading, _("Times")], [[name, times] for name, times in ordered]),
    )


def _reasons_words(name: str, rate: Rate) -> str:
    facts = {"reason": name, "rate": rate_words(rate)}
    return _("The most frequent reason, %(rate)s: %(reason)s") % facts


def _parts_words(name: str, rate: Rate) -> str:
    facts = {"part": name, "rate": rate_words(rate)}
    return _("The part returned most, %(rate)s: %(part)s") % facts


def _part_words(part: str) -> str:
    """Words like `Subject: Name`, so that parts of the same name can be told apart."""
    section, label = str(section_of(part)), str(label_of(part))
    return label if section == label else _("%(section)s: %(label)s") % {"section": section, "label": label}


def _reason_texts() -> dict[str, str]:
    """The short text of every reason in the catalogue today, by key."""
    words = "short_zh" if reads_chinese() else "short_en"
    return dict(ReturnReason.objects.values_list("key", words))


def _out_of(rate: Rate) -> str:
    return _("n %(n)s, few") % {"n": rate.of} if rate.is_few else f"n {rate.of}"
