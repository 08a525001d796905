"""The public pages of rules: the list of provinces, and each province's rules with their sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypedDict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from filings.provinces import UnknownProfile, UnknownProvince, province, provinces, rule_profile
from filings.provinces.rule_lines import RuleText, sections
from filings.provinces.types import Province, Source
from filings.rules_filter import RulesFilter
from icpportal.fields.components import Link
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words

AREAS = {
    "north": _("North China"),
    "north_east": _("North-East China"),
    "east": _("East China"),
    "central": _("Central China"),
    "south": _("South China"),
    "south_west": _("South-West China"),
    "north_west": _("North-West China"),
}
MARKS = (
    (pgettext_lazy("rules", "Phones"), lambda each: each.phones is not None),
    (pgettext_lazy("rules", "App"), lambda each: each.papers_by_app),
    (pgettext_lazy("rules", "Shanghai app"), lambda each: "shanghai_app" in each.photo_ways),
    (pgettext_lazy("rules", "Domain certificate"), lambda each: each.domain_certificate is not None),
)

# the page contains the visitor's own tokens, so only their browser may cache it
kept_by_browser = cache_control(private=True, max_age=300)
by_reader = vary_on_headers("Cookie", "Accept-Language")


@require_safe
@kept_by_browser
@by_reader
def rules(request: HttpRequest) -> HttpResponse:
    """Lists all provinces by area, or those that match the filter."""
    form = RulesFilter({**request.GET.dict(), "profile": request.GET.get("profile") or settings.RULE_PROFILE})
    valid = form.is_valid()
    chosen = rule_profile(form.cleaned_data["profile"] if valid else None)
    everyone = provinces(chosen.name)
    found = form.keep(everyone) if valid else list(everyone)
    areas = list(_by_area(found))
    context = {
        "form": form,
        "filtered": bool(request.GET),
        "profile": chosen,
        "query": _profile_query(chosen.name),
        "areas": areas,
        "contents": [Link(title, f"#{key}") for key, title, _rows in areas],
        "found": len(found),
        "total": len(everyone),
    }
    return render(request, "filings/rules.html", context)


@require_safe
@kept_by_browser
@by_reader
def rules_of_province(request: HttpRequest, code: str) -> HttpResponse:
    """Shows a province's rules; `?profile=` shows those that an older order began under."""
    try:
        chosen = rule_profile(request.GET.get("profile") or None)
        shown = province(code, chosen.name)
    except (UnknownProvince, UnknownProfile) as unknown:
        raise Http404(str(unknown)) from unknown
    parts = [(f"part-{number}", title, lines) for number, (title, lines) in enumerate(sections(shown), 1)]
    numbers = _number_sources(line.source for _anchor, _title, lines in parts for line in lines)
    context = {
        **_names(shown),
        "province": shown,
        "profile": chosen,
        "query": _profile_query(chosen.name),
        "parts": [(anchor, title, [_line(one, numbers) for one in lines]) for anchor, title, lines in parts],
        "contents": [
            *(Link(title, f"#{anchor}") for anchor, title, _said in parts),
            *([Link(_("Also good to know"), "#notes")] if shown.notes else []),
            Link(_("Sources"), "#sources"),
        ],
        "sources": [(number, source) for source, number in numbers.items()],
    }
    return render(request, "filings/province.html", context)


def _names(shown: Province) -> dict[str, Words]:
    """The title of its page and its authority in the page's language; in English with the Chinese name beside it."""
    title = _("Rules of %(name)s") % {"name": shown.name_zh if reads_chinese() else shown.name_en}
    if reads_chinese():
        return {"title": title, "heading": title, "authority": shown.authority_zh}
    return {
        "title": title,
        "heading": format_html('{} <span class="rules-zh" lang="zh-Hans">{}</span>', title, shown.name_zh),
        "authority": format_html('{} <span lang="zh-Hans">{}</span>', shown.authority_en, shown.authority_zh),
    }


def _listed_name(each: Province) -> SafeString | str:
    if reads_chinese():
        return each.name_zh
    return format_html('{} <span class="rules-zh" lang="zh-Hans">{}</span>', each.name_en, each.short_zh)


def _profile_query(name: str) -> str:
    """The query string that keeps a link on this profile; empty for the profile of the setting."""
    return "" if name == settings.RULE_PROFILE else f"?profile={name}"


class ListedProvince(TypedDict):
    """A province in the list, with its most important rules."""

    province: Province
    name: Words
    marks: Sequence[Words]


def _by_area(found: list[Province]) -> Iterable[tuple[str, Words, list[ListedProvince]]]:
    by_area: dict[str, list[ListedProvince]] = defaultdict(list)
    for each in found:
        marks = [label for label, judge in MARKS if judge(each)]
        by_area[each.region].append({"province": each, "name": _listed_name(each), "marks": marks})
    return ((key.replace("_", "-"), title, by_area[key]) for key, title in AREAS.items() if by_area[key])


def _number_sources(read_in: Iterable[Source]) -> dict[Source, int]:
    """Each source once, with its number in the list at the foot of the page."""
    return {source: number for number, source in enumerate(dict.fromkeys(read_in), 1)}


def _line(line: RuleText, numbers: dict[Source, int]) -> dict[str, RuleText | int]:
    return {"said": line, "number": numbers[line.source]}
