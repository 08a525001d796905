"""Numbers of the ministry's tables that a report needs (V3.0 §9; the numbering is inferred from power-of-two ids).

Whether such a number is valid, the tables say that the authority sent.
"""

from django.conf import settings

from icpportal.gateways.miit import tables
from icpportal.gateways.miit.types import AccessReport, CancellationReport, Report

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
METHOD_NAMES = {"line": "专线", "colocation": "主机托管", "hosting": "虚拟主机", "other": "其他方式", "cloud": "云接入"}
USUAL_METHODS = {"hosting": "hosting"}  # of a product whose row in PROVIDER_PRODUCTS names no `method`


def _method(product: str) -> str:
    rows = (row for row in settings.PROVIDER_PRODUCTS if row["key"] == product)
    said = next((row.get("method", "") for row in rows), "")
    return said or USUAL_METHODS.get(product, "cloud")


def method_of(product: str) -> int:
    """The access method (接入方式) of a product of ours: as its row says, else cloud access or web hosting."""
    return METHODS[_method(product)]


def method_name(product: str) -> str:
    """The access method of a product in the words of the statement."""
    return METHOD_NAMES[_method(product)]


def unknown_methods() -> list[str]:
    """The products of the settings whose `method` is none of the five."""
    return [row["key"] for row in settings.PROVIDER_PRODUCTS if row.get("method", "cloud") not in METHODS]


def not_in_tables(report: Report) -> tuple[str, str]:
    """The element of this report whose number the authority's tables do not allow, and its processing code; else ""."""
    rows = [
        (element, code)
        for element, table, numbers, code in _numbers(report)
        if not all(tables.valid(table, number) for number in numbers)
    ]
    return rows[0] if rows else ("", "")


def _numbers(report: Report) -> tuple[tuple[str, str, tuple[int, ...], str], ...]:
    if isinstance(report, AccessReport):
        return (
            ("Wzfb", tables.PLACES, report.places, "1036"),
            ("Wzjrfs", tables.METHODS, report.methods, "1035"),
        )
    if isinstance(report, CancellationReport):
        return (("Zxly", tables.REASONS, (report.reason,), "1026"),)
    return ()
