"""What a provider's file asks for: a reader of its own for the GBK XML, with a light check of the structure."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lxml import etree

from demo.ministry.files import writer

ACCESS, CANCELLATION, MATERIAL, OTHER = "access", "cancellation", "material", "other"
NUMBERS = range(1, 2**63)
HIGHEST_IP = 2**32 - 1
OPERATIONS = {  # requests that are not offered here → Czlx
    "XZBA": writer.NEW_FILING,
    "XZWZ": writer.NEW_SITE,
    "BGBA": writer.CHANGE,
    "HSJG": writer.NEW_FILING,
    "WBACLJG": writer.CHANGE,
}
CANCELLED = {0: writer.CANCEL_SUBJECT, 1: writer.CANCEL_SITE, 2: writer.CANCELLATION}


class Unreadable(Exception):
    """The file breaks the schema (5001)."""


@dataclass(frozen=True)
class Attachment:
    """Fjxx."""

    format: int
    purpose: int
    content: str  # base64 as received
    owner: int  # Ssdxlx
    owner_id: int | None
    owner_number: str
    remark: str = ""


@dataclass(frozen=True)
class Address:
    """Ip_xx."""

    own_id: int
    first: str
    last: str


@dataclass(frozen=True)
class Request:
    """One record of a file."""

    kind: str
    operation: int  # Czlx
    site_number: str = ""
    site_id: int | None = None
    own_id: int | None = None
    places: tuple[int, ...] = ()
    methods: tuple[int, ...] = ()
    addresses: tuple[Address, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    password_md5: str = ""
    access_id: int | None = None
    reason: int | None = None
    remark: str = ""


@dataclass(frozen=True)
class File:
    """A whole file."""

    version: str
    isp_id: int
    requests: tuple[Request, ...] = field(default=())


def parse(xml: bytes) -> etree._Element:
    """The root of a document from outside: no entities, no DTD, no network."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Unreadable(str(problem)) from problem
    if root.getroottree().docinfo.doctype:
        raise Unreadable("a DTD")
    return root


def version_of(root: etree._Element) -> str:
    """The interface version named in the file."""
    return str(root.get("version", ""))


def read(root: etree._Element) -> File:
    """What the file asks for; raises `Unreadable`."""
    if root.tag != "UploadData" or [child.tag for child in _children(root)] != ["ICP"]:
        raise Unreadable("UploadData with one ICP")
    parts = _children(_children(root)[0])
    names = [part.tag for part in parts]
    if names.count("Qqdwid") != 1 or len(set(names)) != len(names) or len(names) < 2:
        raise Unreadable("Qqdwid and one of each kind")
    requests: list[Request] = []
    for part in parts:
        if part.tag != "Qqdwid":
            requests += READERS.get(str(part.tag), _other)(part)
    return File(version_of(root), _number(parts[names.index("Qqdwid")]), tuple(requests))


def _children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _text(element: etree._Element | None, longest: int = 2**20) -> str:
    text = (element.text or "") if element is not None and not _children(element) else ""
    if not 1 <= len(text) <= longest:
        raise Unreadable(f"{element.tag if element is not None else 'an element'}: empty, too long or missing")
    return text


def _number(element: etree._Element | None, among: range = NUMBERS) -> int:
    text = _text(element).strip()
    if not text.isascii() or not text.isdigit() or int(text) not in among:
        raise Unreadable(f"{element.tag if element is not None else 'an element'}: not a number in its range")
    return int(text)


def _shape(element: etree._Element, *wanted: str) -> dict[str, list[etree._Element]]:
    """The children by name, in this order; a name may end in "?" (at most one), "+" (one or more) or "*" (any)."""
    found: dict[str, list[etree._Element]] = {}
    waiting = _children(element)
    for name in wanted:
        bare, mark = (name[:-1], name[-1]) if name[-1] in "?+*" else (name, "")
        matched = []
        while waiting and waiting[0].tag == bare:
            matched.append(waiting.pop(0))
        if (not matched and mark in ("", "+")) or (len(matched) > 1 and mark in ("", "?")):
            raise Unreadable(f"{element.tag}: {bare}")
        found[bare] = matched
    if waiting:
        raise Unreadable(f"{element.tag}: {waiting[0].tag}")
    return found


def _either(element: etree._Element, number: str, id_: str) -> tuple[str, int | None]:
    """The filing number or the authority's id: exactly one of them."""
    children = _children(element)
    if len(children) != 1 or children[0].tag not in (number, id_):
        raise Unreadable(f"{element.tag}: one of {number} and {id_}")
    if children[0].tag == number:
        return _text(children[0], 128), None
    return "", _number(children[0])


def _codes(element: etree._Element, name: str) -> tuple[int, ...]:
    rows = _shape(element, f"{name}+")[name]
    if len(rows) > 64:
        raise Unreadable(f"{element.tag}: too many")
    return tuple(_number(row, range(1, 65)) for row in rows)


def _address(element: etree._Element) -> Address:
    found = {str(child.tag): child for child in _children(element)}
    if set(found) != {"IspIpid", "Qsip", "Zzip"} or len(_children(element)) != 3:
        raise Unreadable("Ip_xx")
    first, last = (_number(found[name], range(1, HIGHEST_IP + 1)) for name in ("Qsip", "Zzip"))
    return Address(_number(found["IspIpid"]), str(ipaddress.IPv4Address(first)), str(ipaddress.IPv4Address(last)))


def _attachment(element: etree._Element) -> Attachment:
    parts = _shape(element, "Fjwjgs", "Fjyt", "Fjnr", "Fjssdx", "Bz?")
    owner = _shape(parts["Fjssdx"][0], "Ssdxlx", "Ssdxbs")
    number, id_ = _either(owner["Ssdxbs"][0], "Baxh", "Jlid")
    return Attachment(
        format=_number(parts["Fjwjgs"][0]),
        purpose=_number(parts["Fjyt"][0]),
        content=_text(parts["Fjnr"][0], 2**26),
        owner=_number(owner["Ssdxlx"][0], range(1, 11)),
        owner_id=id_,
        owner_number=number,
        remark=_text(parts["Bz"][0], 256) if parts["Bz"] else "",
    )


def _accesses(part: etree._Element) -> list[Request]:
    return [_access(row) for row in _shape(part, "Xzxx+")["Xzxx"]]


def _access(row: etree._Element) -> Request:
    parts = _shape(row, "Wz_xx", "IspJrid", "Wzfb", "Wzjrfs", "Ip_xx+", "Fj*", "ICPmm")
    number, id_ = _either(parts["Wz_xx"][0], "Wzbah", "Wzid")
    return Request(
        ACCESS,
        writer.ACCESS,
        site_number=number,
        site_id=id_,
        own_id=_number(parts["IspJrid"][0]),
        places=_codes(parts["Wzfb"][0], "Fbdd"),
        methods=_codes(parts["Wzjrfs"][0], "Jrfs"),
        addresses=tuple(_address(one) for one in parts["Ip_xx"]),
        attachments=tuple(_attachment(_shape(one, "Fjxx")["Fjxx"][0]) for one in parts["Fj"]),
        password_md5=_text(parts["ICPmm"][0], 32),
    )


def _cancellations(part: etree._Element) -> list[Request]:
    return [_cancellation(row) for row in _shape(part, "Zx_xx+")["Zx_xx"]]


def _cancellation(row: etree._Element) -> Request:
    parts = _shape(row, "Zxlb", "Jlid", "Zxly", "Zxlybz?", "ICPmm?")
    level = _number(parts["Zxlb"][0], range(3))
    return Request(
        CANCELLATION if level == 2 else OTHER,
        CANCELLED[level],
        access_id=_number(parts["Jlid"][0]),
        reason=_number(parts["Zxly"][0], range(1, 1000)),
        remark=_text(parts["Zxlybz"][0], 1000) if parts["Zxlybz"] else "",
        password_md5=_text(parts["ICPmm"][0], 32) if parts["ICPmm"] else "",
    )


def _material(part: etree._Element) -> list[Request]:
    rows = _shape(part, "Fjxx+")["Fjxx"]
    return [Request(MATERIAL, writer.MATERIAL, attachments=tuple(_attachment(row) for row in rows))]


def _other(part: etree._Element) -> list[Request]:
    if part.tag not in OPERATIONS:
        raise Unreadable(str(part.tag))
    return [Request(OTHER, OPERATIONS[str(part.tag)])]


READERS: dict[str, Callable[[etree._Element], list[Request]]] = {
    "XZJR": _accesses,
    "ZXBA": _cancellations,
    "XZHYD": _material,
}


@lru_cache(maxsize=4)
def schema(folder: str) -> etree.XMLSchema | None:
    """The ministry's own schema of uploads in `folder`, whatever its file name."""
    for path in sorted(Path(folder).glob("*.xsd")) if folder else ():
        document = etree.parse(path, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True))
        if document.find("{http://www.w3.org/2001/XMLSchema}element[@name='UploadData']") is not None:
            return etree.XMLSchema(document)
    return None


def fault_by_schema(root: etree._Element, folder: str) -> str:
    """The first schema error of the file; empty when it is valid or there is no schema."""
    found = schema(folder)
    if found is None or found.validate(root):
        return ""
    return str(found.error_log.last_error)
