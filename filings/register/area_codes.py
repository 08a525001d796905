"""Where a phone number belongs: the cities of an area code, the province of a mobile.

Both tables are known to be incomplete (`data/SOURCE.md`), so "not known" is a possible answer.
"""

import csv
from bisect import bisect_right
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
RANGE_DIGITS = 7


@cache
def _cities() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with (DATA / "area_codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["area_code"], set()).add(row["city"])
    return {code: frozenset(cities) for code, cities in found.items()}


@cache
def _homes() -> tuple[list[int], list[str]]:
    with (DATA / "mobile_homes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [int(row["from"]) for row in rows], [row["province"] for row in rows]


def cities_of(area_code: str) -> frozenset[str]:
    """The six-digit codes of the cities that use this area code ("0951"); empty when not known."""
    return _cities().get(area_code, frozenset())


def home_province(mobile: str) -> str:
    """The two-digit province in which a mobile was issued; "" when not known."""
    starts, homes = _homes()
    number = int(mobile[:RANGE_DIGITS])
    place = bisect_right(starts, number) - 1
    return homes[place] if place >= 0 else ""
