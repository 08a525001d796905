"""Regions of the mainland down to the county, by their GB/T 2260 codes.

A province has two digits ("64"), a city and a county six ("640100", "640106"). Four cities have no counties
(东莞, 中山, 儋州, 嘉峪关): there the city stands for its own county. Source: `data/SOURCE.md`.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from stdnum import numdb

from filings.provinces import PROVINCES
from icpportal.fields.language_marks import reads_chinese

TABLE = Path(__file__).parent / "data" / "regions.csv"
DATED_NAME = re.compile(r"(?:\[[0-9]*-[0-9]*\])?([^,\[\]]+)")
SIX_DIGITS = re.compile(r"[0-9]{6}")
# levels of GB/T 2260 that are not places: left out of a region's name
NO_PLACE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


class Level(StrEnum):
    """The level of a region."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True)
class Region:
    """One region; `current` is false for a code no longer in force.

    `reading` is the name of a city or county in Latin letters, without the word for its level: "Jinfeng".
    """

    code: str
    name: str
    level: Level
    current: bool = True
    reading: str = ""

    @property
    def province(self) -> str:
        """The two-digit code of its province."""
        return self.code[:2]

    @property
    def city(self) -> str:
        """The six-digit code of its city; "" for a province."""
        return "" if self.level is Level.PROVINCE else f"{self.code[:4]}00"

    @property
    def shown(self) -> str:
        """The name for a list of choices: outside Chinese with its reading."""
        return self.name if reads_chinese() else self._with_reading

    @property
    def _with_reading(self) -> str:
        return f"{self.name} {self.reading}" if self.reading else self.name

    @property
    def full_name(self) -> str:
        """The name from the province down: "宁夏回族自治区银川市金凤区"."""
        return "".join(part.name for part in self._parts())

    @property
    def shown_in_full(self) -> str:
        """The full name for a page: outside Chinese with its readings."""
        if reads_chinese():
            return self.full_name
        names = [
            part.reading or PROVINCES[part.code].name_en for part in self._parts() if part.reading or part.is_province
        ]
        return f"{self.full_name} ({', '.join(reversed(names))})"

    @property
    def is_province(self) -> bool:
        return self.level is Level.PROVINCE

    def _parts(self) -> list["Region"]:
        """The regions from the province down, without the levels that are not places."""
        codes = dict.fromkeys((self.province, self.city, self.code))
        parts = [self if code == self.code else region(code) for code in codes if code]
        return [part for part in parts if part and part.name not in NO_PLACE]

    def __str__(self) -> str:
        return self.full_name


@cache
def _all() -> dict[str, Region]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _region_of(row) for row in csv.DictReader(file)}


def _region_of(row: dict[str, str]) -> Region:
    return Region(row["code"], row["name"], _level(row["code"]), reading=row["reading"])


def _level(code: str) -> Level:
    if len(code) == 2:
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


@cache
def _children() -> dict[str, tuple[Region, ...]]:
    below: dict[str, list[Region]] = {}
    for each in _all().values():
        if each.level is Level.CITY:
            below.setdefault(each.province, []).append(each)
        if each.level is Level.COUNTY:
            below.setdefault(each.city, []).append(each)
    return {parent: tuple(regions) for parent, regions in below.items()}


@cache
def provinces() -> tuple[Region, ...]:
    """The 31 provinces in the order of their codes."""
    return tuple(each for each in _all().values() if each.level is Level.PROVINCE)


def cities(code: str) -> tuple[Region, ...]:
    """The cities of a province, given any code inside it; () for an unknown one."""
    return _children().get(code[:2], ())


def counties(code: str) -> tuple[Region, ...]:
    """The counties of a city, given any code inside it; () for an unknown one.

    A city without counties is its own only county.
    """
    city = _all().get(f"{code[:4]}00")
    if city is None:
        return ()
    return _children().get(city.code, (city,))


def as_choices(places: Iterable[Region]) -> list[tuple[str, str]]:
    """Places by code, named in the language of the page."""
    if reads_chinese():
        return [(place.code, place.name) for place in places]
    return [(place.code, place._with_reading) for place in places]


def region(code: str) -> Region | None:
    """The region with this code; an outdated one is found too, marked as such, for display only."""
    known = _all().get(code[:2] if code.endswith("0000") else code)
    return known or _former(code)


def is_county(code: str) -> bool:
    """Whether the code is in force and may be chosen as the last of the three levels."""
    return any(each.code == code for each in counties(code))


def is_filed_place(filed: str, typed: str) -> bool:
    """Whether somebody typed the county of a filing; of a code that nobody can choose, only the province counts.

    Counties are merged and renumbered, and the county that a former one belongs to now is in no table.
    """
    return filed == typed or (not is_county(filed) and filed[:2] == typed[:2])


@cache
def _former(code: str) -> Region | None:
    if not SIX_DIGITS.fullmatch(code) or code[:2] not in _all():
        return None
    found = {key: value for _part, values in numdb.get("cn/loc").info(code) for key, value in values.items()}
    names = DATED_NAME.findall(found.get("county", ""))
    return Region(code, names[-1], _level(code), current=False) if names else None
