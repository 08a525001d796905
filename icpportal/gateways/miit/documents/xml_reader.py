"""Parses untrusted XML: no document type, no entities, no network; elements by local name."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from icpportal.gateways import untrusted_xml
from icpportal.gateways.miit.documents.gbk import DECLARATION, FEW, decode
from icpportal.gateways.miit.documents.types import MalformedDocument
from icpportal.time_format import BEIJING

LARGEST = 2**63 - 1  # xs:long, and what a column holds
NUMBER = re.compile(r"\+?[0-9]{1,19}")
MOMENT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?", re.ASCII)
YEARS = range(1990, 2200)  # other years mean a wrong clock


def parse(data: bytes) -> tuple[etree._Element, list[str]]:
    """The root of an untrusted document, and remarks on its bytes for staff; raises `MalformedDocument`."""
    text, lost = decode(data)
    if lost > FEW:
        raise MalformedDocument("neither GBK nor UTF-8")
    return _tree(text), [f"{lost} bytes that are no character"] if lost else []


def own(data: bytes) -> etree._Element:
    """The root of a document of ours: GBK, while others may be anything; raises `MalformedDocument`."""
    try:
        return _tree(DECLARATION.sub("", data.decode("gbk"), count=1))
    except UnicodeDecodeError as error:
        raise MalformedDocument("not GBK") from error


def _tree(text: str) -> etree._Element:
    if "<!DOCTYPE" in text:
        raise MalformedDocument("has a document type")
    try:
        return untrusted_xml.tree(text)
    except (etree.LxmlError, ValueError) as error:
        raise MalformedDocument("not well-formed XML") from error


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def parts(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The children of that name, in order."""
    if element is not None:
        yield from (child for child in element if local(child) == name)


def part(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(parts(element, name), None)


def text_of(element: etree._Element | None) -> str:
    """What is written in the element, without white space around it."""
    return "".join(element.itertext()).strip() if element is not None else ""


def text(element: etree._Element | None, name: str) -> str:
    """What is written in the first child of that name; "" when there is none."""
    return text_of(part(element, name))


def as_number(words: str) -> int | None:
    """A whole number from 0 that fits a column, or None."""
    if not NUMBER.fullmatch(words):
        return None
    value = int(words)
    return value if value <= LARGEST else None


def number(element: etree._Element | None, name: str) -> int | None:
    """The number in the first child of that name."""
    return as_number(text(element, name))


def numbers(element: etree._Element | None, name: str) -> tuple[int, ...]:
    """Every number among the children of that name."""
    found = (as_number(text_of(child)) for child in parts(element, name))
    return tuple(value for value in found if value is not None)


def moment(words: str) -> datetime | None:
    """`2026-11-24`, `2026-11-24 20:45` or `2026-11-24 20:45:07` in Beijing time; None for anything else."""
    match = MOMENT.fullmatch(words)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(digits or 0) for digits in match.groups())
    try:
        found = datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        return None
    return found if year in YEARS else None
