"""The two rule profiles (规则方案), dated layers over the rows, and `province()`, which returns the finished rules.

`seed-2018` is the state of June 2018; `current-2020` is what changed on 2020-08-17 and on later pages. What a layer
does not name stays as in the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from filings.provinces import sources
from filings.provinces.choices import ADMINISTRATOR, SUBJECT_LEAD, HolderRule
from filings.provinces.table import ROWS
from filings.provinces.types import MINISTRY_SITE, AgeRule, ExtraPaper, Note, PhoneRule, Province, Source
from icpportal.fields.types import Words

PHONES_2018 = PhoneRule((SUBJECT_LEAD, ADMINISTRATOR), timedelta(hours=48))
PHONES_2020 = PhoneRule((ADMINISTRATOR,), timedelta(hours=24))

# provinces that verified phones in 2018, with the name of their host for the codes
PHONES_IN_2018 = {"12": "tj", "62": "gs", "54": "xz", "64": "nx", "46": "hn", "65": "xj", "63": "qh"}
AGE_14 = (AgeRule(14),)


class UnknownProvince(LookupError):
    """There is no province with this code."""


class UnknownProfile(LookupError):
    """There is no rule profile with this name."""


@dataclass(frozen=True)
class Layer:
    """The rules in which a profile differs from the rows, and their source."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Profile:
    """A dated set of rules: a layer for the whole country, and one for each province that differs."""

    name: str
    since: str
    title: Words
    everywhere: Layer
    provinces: Mapping[str, Layer]
    notes: tuple[Note, ...] = ()

    def lay_over(self, row: Province) -> Province:
        """Returns the row with this profile's layers over it; each changed rule has the layer's source."""
        layers = (self.everywhere, self.provinces.get(row.code, Layer()))
        changes = {name: value for layer in layers for name, value in layer.changes.items()}
        read_in = {**row.sources, **{name: source for layer in layers for name, source in layer.sources.items()}}
        notes = row.notes + tuple(note for layer in layers for note in layer.notes)
        return replace(row, **changes, profile=self.name, notes=notes, sources=MappingProxyType(read_in))


SHANGHAI_APP_NOTES = (
    Note(
        _("Use the authority's app on the phone whose number is in the order. Take the photo in Shanghai."),
        "2018-06-15",
    ),
    Note(_("The app runs on Android only; the phone's home area or its place must be Shanghai."), "2019-04"),
)

SEED_2018 = Profile(
    "seed-2018",
    "2018-06-15",
    _("Rules of June 2018"),
    Layer(),
    {
        **{
            code: Layer({"phones": PHONES_2018, "code_site": f"http://{name}cainfo.miitbeian.gov.cn/"})
            for code, name in PHONES_IN_2018.items()
        },
        **{code: Layer({"papers_by_app": True, "commitment": ("by_app",)}) for code in ("21", "34", "35")},
        "44": Layer({"papers_by_app": True, "commitment": ("by_app", "finance")}),
        "50": Layer({"papers_by_app": True, "commitment": ("by_app", "individual_many_sites")}),
        "31": Layer({"photo_ways": ("shanghai_app",)}, notes=SHANGHAI_APP_NOTES),
    },
)

CURRENT_2020 = Profile(
    "current-2020",
    "2020-08-17",
    _("Rules since August 2020"),
    Layer(
        {
            "filing_site": MINISTRY_SITE,
            "phones": PHONES_2020,
            "asks_password": False,
            "papers_by_app": True,
            "domains_per_site": 1,
            "photo_ways": ("plain", "place"),
        },
        {
            "filing_site": sources.MINISTRY_SITE_PAGE,
            "code_site": sources.MINISTRY_SITE_PAGE,
            "phones": sources.PHONES_EVERYWHERE,
            "asks_password": sources.PASSWORD_GONE,
            "papers_by_app": sources.APP_PAGE,
            "domains_per_site": sources.ONE_DOMAIN_LETTER,
            "photo_ways": sources.WHITE_GROUND,
        },
    ),
    {
        "12": Layer(
            {
                "ages": (
                    AgeRule(16, roles=(SUBJECT_LEAD,)),
                    AgeRule(18, roles=(SUBJECT_LEAD,), paper="proof_of_work_or_income"),
                    AgeRule(18, roles=(ADMINISTRATOR,)),
                )
            },
            {"ages": sources.TIANJIN_NEWER},
        ),
        "32": Layer(
            {"commitment": ("always",), "extra_papers": (ExtraPaper("statement_of_responsibility"),)},
            {"commitment": sources.JIANGSU_NEWER, "extra_papers": sources.JIANGSU_NEWER},
        ),
        "35": Layer(
            {"ages": AGE_14},
            {"ages": sources.FUJIAN_NEWER},
            (
                Note(
                    _(
                        "The mobile and emergency numbers of the subject lead and the website administrator must not "
                        "be swapped."
                    ),
                    "2025-08-12",
                ),
            ),
        ),
        "52": Layer({"ages": AGE_14}, {"ages": sources.GUIZHOU_NEWER}),
        "63": Layer(
            {"ages": AGE_14, "domain_holder": HolderRule.LEGAL},
            {"ages": sources.QINGHAI_NEWER, "domain_holder": sources.QINGHAI_NEWER},
        ),
    },
    notes=(
        Note(
            _(
                "Since September 2019 providers can check the website administrator's face in an app or a "
                "phone browser instead. Here the photo is taken in front of a plain white background or at a "
                "designated place. There is no backdrop."
            ),
            "2019-09",
        ),
    ),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({each.name: each for each in (SEED_2018, CURRENT_2020)})


def rule_profile(name: str | None = None) -> Profile:
    """The profile of this name, or that of the setting `RULE_PROFILE`."""
    wanted = settings.RULE_PROFILE if name is None else name
    if wanted not in PROFILES:
        raise UnknownProfile(f"There is no rule profile “{wanted}”: choose one of {', '.join(PROFILES)}")
    return PROFILES[wanted]


@cache
def _laid_over(name: str) -> Mapping[str, Province]:
    return MappingProxyType({row.code: PROFILES[name].lay_over(row) for row in ROWS})


def province(code: str, profile: str | None = None) -> Province:
    """The rules of the province with this two-digit code, under a profile (default: the setting)."""
    rules = _laid_over(rule_profile(profile).name)
    if code not in rules:
        raise UnknownProvince(
            f"There is no province “{code}”: use the two digits of GB/T 2260, such as 12 (Tianjin) or 44 (Guangdong)"
        )
    return rules[code]


def provinces(profile: str | None = None) -> tuple[Province, ...]:
    """All 31 provinces by code, under a profile (default: the setting)."""
    return tuple(_laid_over(rule_profile(profile).name).values())


PROVINCES = _laid_over(SEED_2018.name)
