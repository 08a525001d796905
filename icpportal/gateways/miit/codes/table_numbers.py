"""The numbers of the ministry's tables that a report needs (V3.0 §9), and whether the tables have them.

MIIT_CODES overrides the numbers that we inferred (`code_names.py`). Tables sent by the authority tell which are valid.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.queries import open_alarms
from icpportal.fields.language_marks import reads_chinese
from icpportal.gateways.inventory.places import provinces
from icpportal.gateways.miit.codes import code_names, tables
from icpportal.gateways.miit.codes.code_names import BUILT_IN, METHOD_NAMES, METHODS, METHODS_IN_ENGLISH
from icpportal.gateways.miit.types import AccessReport, CancellationReport, Report

MISSING = "ministry.code_missing"
USUAL_METHODS = {"hosting": "hosting"}  # of a product whose row in PROVIDER_PRODUCTS names no `method`


def _method(product: str) -> str:
    rows = (row for row in settings.PROVIDER_PRODUCTS if row["key"] == product)
    method = next((row.get("method", "") for row in rows), "")
    return method or USUAL_METHODS.get(product, "cloud")


def method_of(product: str) -> int:
    """The access method (接入方式) of one of our products: from its row, else cloud access or web hosting.

    It is the built-in number; `as_numbered` replaces it by the ministry's when the file is written.
    """
    return METHODS[_method(product)]


def method_name(product: str) -> str:
    """The access method of a product in the words of the statement."""
    return METHOD_NAMES[_method(product)]


def method_shown(product: str) -> str:
    """The same for a page: outside Chinese with its translation."""
    name = method_name(product)
    return name if reads_chinese() else f"{name} ({METHODS_IN_ENGLISH[_method(product)]})"


def number_of(table: str, word: str) -> int:
    """The ministry's number for one of our names: from MIIT_CODES, else the built-in one."""
    return code_names.number_of(settings.MIIT_CODES, table, word)


def as_numbered(report: Report) -> Report:
    """The report with numbers from the present settings, which may have been corrected while it waited."""
    if isinstance(report, AccessReport):
        places, methods = _today(tables.PLACES, report.places), _today(tables.METHODS, report.methods)
        return replace(report, places=places, methods=methods)
    if isinstance(report, CancellationReport) and not tables.valid(tables.REASONS, report.reason):
        return replace(report, reason=settings.MIIT_CANCELLATION_REASON)
    return report


def _today(table: str, numbers: tuple[int, ...]) -> tuple[int, ...]:
    words = {number: word for word, number in BUILT_IN[table].items()}
    return tuple(number_of(table, words[number]) if number in words else number for number in numbers)


def missing(report: Report) -> str:
    """The first code of a report that the tables lack, as "Wzjrfs 5"; "" when they have all."""
    numbers = list(_numbers(report))
    unknown = tables.unknown(numbers)
    return next((f"{table} {number}" for table, number in numbers if (table, number) in unknown), "")


def _numbers(report: Report) -> Iterator[tuple[str, int]]:
    if isinstance(report, AccessReport):
        yield from ((tables.PLACES, number) for number in report.places)
        yield from ((tables.METHODS, number) for number in report.methods)
    if isinstance(report, CancellationReport):
        yield tables.REASONS, report.reason
        return
    if report.attachments:
        yield tables.FORMATS, number_of(tables.FORMATS, "jpeg")
    for attachment in report.attachments:
        yield tables.PURPOSES, number_of(tables.PURPOSES, attachment.purpose.name.lower())


@dataclass(frozen=True)
class UsedCode:
    """A code that the settings make us report: its table, our name for it, its label, its number."""

    table: str
    word: str
    name: str
    number: int

    @property
    def setting(self) -> str:
        """How to correct its number."""
        number = tables.number(self.table, self.name) if self.name else None
        return f'MIIT_CODES={{"{self.table}": {{"{self.word}": {number or "…"}}}}}'


def used_codes() -> list[UsedCode]:
    """Every place, access method, picture format and purpose that this provider reports."""
    methods = dict.fromkeys(_method(row["key"]) for row in settings.PROVIDER_PRODUCTS)
    words = [(tables.PLACES, code) for code in provinces()] + [(tables.METHODS, word) for word in methods]
    words += [(table, word) for table in (tables.FORMATS, tables.PURPOSES) for word in BUILT_IN[table]]
    return [
        UsedCode(table, word, tables.SEEDS[table][BUILT_IN[table][word]], number_of(table, word))
        for table, word in words
        if word in BUILT_IN[table]
    ]


def faults() -> list[str]:
    """Reported codes that the ministry's tables lack, each with the setting to correct."""
    reason = settings.MIIT_CANCELLATION_REASON
    reported = used_codes()
    unknown = tables.unknown([*((each.table, each.number) for each in reported), (tables.REASONS, reason)])
    found = [
        f"{each.table} {each.number} ({each.word}) is not in the ministry's tables: set {each.setting}"
        for each in reported
        if (each.table, each.number) in unknown
    ]
    if (tables.REASONS, reason) in unknown:
        found.append(f"{tables.REASONS} {reason} is not in the ministry's tables: set MIIT_CANCELLATION_REASON")
    return found


def doubts() -> list[str]:
    """Inferred numbers with another name in the ministry's tables, not confirmed by a setting."""
    doubted = (
        (each, tables.name(each.table, each.number))
        for each in used_codes()
        if each.word not in settings.MIIT_CODES.get(each.table, {}) and tables.was_sent(each.table)
    )
    return [
        f"{each.table} {each.number} is “{theirs}” to the ministry and “{each.name}” to us: set {each.setting}"
        for each, theirs in doubted
        if theirs and theirs != each.name
    ]


def tell_missing(code: str, *, now: datetime | None = None) -> None:
    """Tells operations to set the number: reports with it wait until then."""
    open_alarm(MISSING, reference=code, detail="MIIT_CODES", now=now)


def clear_found(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Closes the alarm once the tables have every reported code; returns how many. For the hourly cleanup."""
    if not open_alarms().filter(cause=MISSING).exists() or faults():
        return 0
    return 1 if dry_run else clear(MISSING, now=now)
