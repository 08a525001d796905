"""Prints the rules of the provinces, each with its source, or the catalogue of checks."""

import json
import unicodedata
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from filings.checks import CHECKS
from filings.checks.catalogue import Check
from filings.checks.check_report import Holding, holds_for
from filings.provinces import PROFILES, UnknownProfile, UnknownProvince, province, provinces, rule_profile
from filings.provinces.choices import INDIVIDUAL, ORGANISATION, MustMatch
from filings.provinces.profiles import Profile
from filings.provinces.rule_lines import LINES, sections
from filings.provinces.types import RULES, PhoneRule, Province, Source
from filings.register.certificates import NATURES
from icpportal.fields.types import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOTHING = "-"
BY_READER = ("must_match_organisation", "must_match_individual")  # lines labelled by the reader's kind only
MATCH_WORDS = {
    MustMatch.NAME: "name",
    MustMatch.NUMBER: "number",
    MustMatch.PEOPLE: "both people",
    MustMatch.ADMINISTRATOR: "administrator",
    MustMatch.LEAD_IS_LEGAL: "lead is legal rep.",
    MustMatch.ID_ADDRESS: "ID address",
    MustMatch.EVERYTHING: "everything",
}
PEOPLE_WORDS = {"subject_lead": "lead", "administrator": "administrator"}


class Options(TypedDict):
    """The arguments of the command."""

    province: str | None
    profile: str | None
    checks: bool
    json: bool
    language: str


class Command(BaseCommand):
    help = "Prints what each province asks for, with the source of every rule; or the checks before submit."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", metavar="CODE", help="two digits of GB/T 2260, such as 44: every rule of it")
        parser.add_argument("--profile", metavar="NAME", help=f"one of {', '.join(PROFILES)}; default: the setting")
        parser.add_argument("--checks", action="store_true", help="print the checks, and where each of them holds")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
        parser.add_argument(
            "--language", default="en", choices=[code for code, _name in settings.LANGUAGES], help="of the sentences"
        )

    def handle(self, **options: Unpack[Options]) -> None:
        try:
            profile = rule_profile(options["profile"])
            chosen = province(options["province"], profile.name) if options["province"] is not None else None
        except (UnknownProvince, UnknownProfile) as unknown:
            raise CommandError(str(unknown)) from unknown
        with override(options["language"]):
            self.stdout.write(self.answer(profile, chosen, checks=options["checks"], as_json=options["json"]))

    def answer(self, profile: Profile, chosen: Province | None, *, checks: bool, as_json: bool) -> str:
        """What was asked for, as text or as one JSON object."""
        everyone = (chosen,) if chosen else provinces(profile.name)
        if as_json:
            body = {"checks": checks_as_json(everyone)} if checks else {"provinces": [as_plain(it) for it in everyone]}
            return json.dumps({"profile": profile.name, "since": profile.since, **body}, ensure_ascii=False, indent=1)
        head = f"Rule profile {profile.name}, as of {profile.since}: {profile.title}"
        if checks:
            return "\n".join([head, "", *checks_as_text(everyone)])
        return "\n".join([head, "", *(one_province(chosen) if chosen else all_provinces(everyone))])


# --- all provinces -------------------------------------------------------------------------------


def width(text: str) -> int:
    """The columns a text takes in a terminal: two for each Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows aligned, every column as wide as its widest cell."""
    lines = [head, *rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    return [
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def in_words(values: Iterable[MustMatch] | None) -> str:
    """What must match, in a few words."""
    if values is None:
        return "not stated"
    return ", ".join(MATCH_WORDS[value] for value in values) or "nothing"


def phones_in_words(rule: PhoneRule | None) -> str:
    return f"{rule.hours} h: {' + '.join(PEOPLE_WORDS[person] for person in rule.people)}" if rule else NOTHING


def summary(each: Province) -> list[str]:
    return [
        each.code,
        f"{each.name_en} {each.short_zh}",
        phones_in_words(each.phones),
        "asked" if each.asks_password else NOTHING,
        "by app" if each.papers_by_app else "upload",
        " or ".join(each.photo_ways),
        "asked" if each.domain_certificate else NOTHING,
        in_words(each.must_match(ORGANISATION)),
        in_words(each.must_match(INDIVIDUAL)),
        each.page.date,
    ]


HEAD = (
    *("code", "province", "phones", "password", "papers", "photo", "certificate"),
    *("must match (organisations)", "must match (individuals)", "page of"),
)


def all_provinces(everyone: Sequence[Province]) -> list[str]:
    """One line a province, then where each rule was read."""
    labels = {line.rule: str(line.label) for line in LINES if line.rule not in BY_READER}
    common = {rule: Counter(each.source(rule) for each in everyone).most_common(1)[0][0] for rule in labels}
    pages = {each.page for each in everyone}
    shared = [[labels[rule], *where(source)] for rule, source in common.items() if source not in pages]
    others = [
        [each.code, labels[rule], *where(each.source(rule))]
        for each in everyone
        for rule in labels
        if each.source(rule) not in (each.page, common[rule])
    ]
    return [
        *table(HEAD, [summary(each) for each in everyone]),
        *titled_table("Rules that one document gives for all provinces:", ("rule", "date", "document"), shared),
        *titled_table("Every other rule is on the province's own page:", *own_pages(everyone)),
        *titled_table("Except these:", ("code", "rule", "date", "document"), others),
        "",
        "Every rule of one province with its own source: manage.py rules --province 44",
    ]


def own_pages(everyone: Sequence[Province]) -> tuple[Sequence[str], list[list[str]]]:
    return ("code", "date", "document"), [[each.code, *where(each.page)] for each in everyone]


def where(source: Source) -> tuple[str, str]:
    return source.date, source.reference


def titled_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table under its title; nothing without rows."""
    return ["", title, *table(head, rows)] if rows else []


# --- one province --------------------------------------------------------------------------------


def one_province(each: Province) -> list[str]:
    """Every rule as a sentence, with source and date below."""
    lines = [f"{each.code} {each.name_en} {each.name_zh}, {each.abbreviation}ICP备, {each.authority_en}"]
    for title, said in sections(each):
        lines += ["", str(title)]
        for line in said:
            lines.append(f"  {str(line.label).rstrip('?')}:")
            lines += [f"    {reader}: {text}" if reader else f"    {text}" for reader, text in line.texts]
            lines.append(f"    [{line.source.date}] {line.source.reference}")
    if each.notes:
        lines += ["", "Notes", *(f"  {note.text} [{note.date or each.page.date}]" for note in each.notes)]
    return lines


def as_plain(each: Province) -> dict[str, Json]:
    """A province for JSON: who it is, and each rule with value and source."""
    return {
        **{name: getattr(each, name) for name in ("code", "name_zh", "name_en", "short_zh", "abbreviation", "region")},
        **{name: getattr(each, name) for name in ("authority_zh", "authority_en")},
        "rules": {rule: {"value": plain(getattr(each, rule)), "source": asdict(each.source(rule))} for rule in RULES},
        "notes": [{"text": str(note.text), "date": note.date or each.page.date} for note in each.notes],
    }


def plain(value: "Json | timedelta | DataclassInstance") -> Json:
    """A rule's value in JSON types; durations in hours."""
    if isinstance(value, PhoneRule):
        return {"people": list(value.people), "hours": value.hours}
    if isinstance(value, timedelta):
        return value / timedelta(hours=1)
    if is_dataclass(value):
        return {name: plain(inner) for name, inner in vars(value).items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple) else value


# --- checks --------------------------------------------------------------------------------------


def applicable_checks(everyone: Sequence[Province]) -> Iterable[tuple[Check, list[Holding]]]:
    """Each check that holds for somebody in these provinces."""
    return ((check, found) for check in CHECKS if (found := holds_for(check, everyone)))


def checks_as_text(everyone: Sequence[Province]) -> list[str]:
    rows = [
        [
            *(check.id, str(check.step), check.field, str(check.severity)),
            str(check.sentence),
            "; ".join(holding_in_words(each, everyone) for each in found),
        ]
        for check, found in applicable_checks(everyone)
    ]
    return [
        *table(("id", "step", "field", "severity", "message", "holds for"), rows),
        "",
        f"{len({row[0] for row in rows})} rules, {len(rows)} checks",
    ]


def holding_in_words(holding: Holding, everyone: Sequence[Province]) -> str:
    where = "all provinces" if len(holding.provinces) == len(everyone) else " ".join(holding.provinces)
    return f"{natures_in_words(holding.natures)}: {where}"


def natures_in_words(natures: tuple[str, ...]) -> str:
    if len(natures) == len(NATURES):
        return "everybody"
    if set(natures) == set(NATURES) - {INDIVIDUAL}:
        return "organisations"
    return ", ".join(natures)


def checks_as_json(everyone: Sequence[Province]) -> list[dict[str, Json]]:
    return [
        {
            "id": check.id,
            "step": str(check.step),
            "field": check.field,
            "severity": str(check.severity),
            "holds_for": [asdict(each) for each in found],
            "message": str(check.sentence),
        }
        for check, found in applicable_checks(everyone)
    ]
