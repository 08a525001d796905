"""Our names for the ministry's codes, their inferred numbers, and the overrides of MIIT_CODES.

The numbers are inferred (docs/ministry.md, §2). Imports nothing of Django: the settings read this.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from icpportal.fields.types import Json, JsonObject

# two-digit GB/T 2260 code -> Wzfb, "where the servers stand"
PLACES = {
    "34": 1,
    "11": 2,
    "50": 3,
    "35": 4,
    "44": 5,
    "62": 6,
    "45": 7,
    "52": 8,
    "41": 9,
    "42": 10,
    "13": 11,
    "46": 12,
    "81": 13,
    "23": 14,
    "43": 15,
    "22": 16,
    "32": 17,
    "36": 18,
    "21": 19,
    "82": 20,
    "15": 21,
    "64": 22,
    "63": 23,
    "51": 24,
    "37": 25,
    "31": 26,
    "61": 27,
    "14": 28,
    "12": 29,
    "71": 30,
    "65": 31,
    "54": 32,
    "53": 33,
    "33": 34,
}

# Wzjrfs, "how the site is connected"
METHODS = {"line": 1, "colocation": 2, "hosting": 3, "other": 4, "cloud": 5}
# the same as printed on the statement
METHODS_IN_ENGLISH = {
    "line": "leased line",
    "colocation": "colocation",
    "hosting": "web hosting",
    "other": "other",
    "cloud": "cloud access",
}
METHOD_NAMES = {"line": "专线", "colocation": "主机托管", "hosting": "虚拟主机", "other": "其他方式", "cloud": "云接入"}
# Fjwjgs, the format of a picture, and Fjytlx, what it is for
FORMATS = {"jpeg": 1}
PURPOSES = {"statement": 1, "subject_certificate": 2, "lead_certificate": 3, "administrator_certificate": 4, "photo": 5}
# table as its rows are named on the wire -> our words and their numbers
BUILT_IN = {"Wzfb": PLACES, "Wzjrfs": METHODS, "Fjwjgs": FORMATS, "Fjytlx": PURPOSES}
LARGEST = {"Wzfb": 64, "Wzjrfs": 64, "Fjwjgs": 999, "Fjytlx": 999}
EXAMPLE = 'MIIT_CODES={"Wzjrfs": {"cloud": 5}}'
PRODUCTS_EXAMPLE = '[{"key": "ecs", "zh": "云服务器", "en": "Cloud server"}]'


def faults(given: "Json") -> list[str]:
    """Errors in MIIT_CODES, one sentence each; with any, the portal does not start."""
    if not isinstance(given, Mapping):
        return [f"MIIT_CODES is not a JSON object of tables, our words and their numbers: {EXAMPLE}."]
    return list(_faults(given))


def _faults(given: "JsonObject") -> Iterator[str]:
    for table, numbers in given.items():
        known = BUILT_IN.get(str(table))
        if known is None:
            yield f"MIIT_CODES: {table} is none of {', '.join(BUILT_IN)}: {EXAMPLE}."
        elif not isinstance(numbers, Mapping):
            yield f"MIIT_CODES: {table} is not a JSON object of our words and their numbers: {EXAMPLE}."
        else:
            yield from (words for word, number in numbers.items() if (words := _fault(str(table), word, number)))


def _fault(table: str, word: str, number: "Json") -> str:
    if word not in BUILT_IN[table]:
        return f"MIIT_CODES: {word} of {table} is none of {', '.join(BUILT_IN[table])}."
    if type(number) is not int or not 1 <= number <= LARGEST[table]:
        return f"MIIT_CODES: {table} {word} is not a number from 1 to {LARGEST[table]}."
    return ""


def product_faults(products: "Json") -> list[str]:
    """Errors in PROVIDER_PRODUCTS, one sentence each; with any, the portal does not start."""
    if not _are_products(products):
        return [f"PROVIDER_PRODUCTS cannot be read: it is JSON such as {PRODUCTS_EXAMPLE}."]
    return method_faults(products)


def _are_products(given: "Json") -> TypeGuard[list[Mapping[str, str]]]:
    """Each has a key, and a name in both languages for pages."""
    names = ("key", "zh", "en")
    return isinstance(given, list) and all(
        isinstance(row, Mapping) and all(isinstance(row.get(name), str) for name in names) for row in given
    )


def method_faults(products: Iterable[Mapping[str, str]]) -> list[str]:
    """A sentence for each product whose access method has no code; with any, the portal does not start."""
    unknown = ((row.get("key", ""), row["method"]) for row in products if row.get("method", "cloud") not in METHODS)
    known = ", ".join(METHODS)
    return [f"PROVIDER_PRODUCTS: the method {method} of {key} is none of {known}." for key, method in unknown]


def number_of(given: Mapping[str, Mapping[str, int]], table: str, word: str) -> int:
    """The ministry's number for one of our names: from MIIT_CODES, else the built-in one."""
    number = given.get(table, {}).get(word)
    return BUILT_IN[table][word] if number is None else number
