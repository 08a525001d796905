"""The files for the provider as GBK bytes: verdicts (BAJG), records (BASJ), cancellations (ZXSJ)."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from demo.ministry.api.rows import AddressRow
from icpportal.time_format import to_beijing

if TYPE_CHECKING:  # types of rows only: this module works without tables
    from demo.ministry.models import Access, Filing, Site

VERSION = "V.3.0"
DECLARATION = '<?xml version="1.0" encoding="GBK"?>\n'
NEW_FILING, NEW_SITE, ACCESS, CHANGE, CANCELLATION, CANCEL_SUBJECT, CANCEL_SITE, MATERIAL = (1, 2, 3, 4, 5, 6, 7, 35)
STRUCK_SUBJECT, STRUCK_SITE, STRUCK_ACCESS = 0, 1, 2
MAILBOX = "filing@example.com"  # a record must have one


@dataclass(frozen=True)
class Result:
    """The processing's answer to one request: Czlx, Bs, and codes with words."""

    operation: int
    handle: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Audit:
    """What a person decided (Gjsh)."""

    approved: bool
    opinion: str
    auditor: str
    at: datetime
    handle: int | None


# a pair is a name with its value
Child: TypeAlias = tuple[str, str | int | None] | list[etree._Element] | etree._Element | None


def node(name: str, *children: Child) -> etree._Element:
    """An element with children: elements, lists of elements and (name, value) pairs; empty values are left out."""
    element = etree.Element(name)
    for child in children:
        if isinstance(child, tuple):
            if child[1] not in (None, ""):
                etree.SubElement(element, child[0]).text = str(child[1])
        elif isinstance(child, list):
            element.extend(child)
        elif child is not None:
            element.append(child)
    return element


def as_bytes(*content: etree._Element) -> bytes:
    """A whole file; characters that GBK lacks become numeric references."""
    root = etree.Element("DownloadData", version=VERSION)
    root.extend(content)
    text: str = etree.tostring(root, encoding="unicode")
    return (DECLARATION + text).encode("gbk", "xmlcharrefreplace")


def day_and_time(moment: datetime) -> str:
    """A moment in the interface's format."""
    return f"{to_beijing(moment):%Y-%m-%d %H:%M:%S}"


def number_of(address: str) -> int:
    """An IPv4 address as a number."""
    return int(ipaddress.IPv4Address(address))


def verdict(result: Result, audit: Audit | None = None) -> bytes:
    """BAJG: processing codes, and the audit where there was one."""
    codes = [node("Jgxx", ("Jgdm", code), ("Dmms", words)) for code, words in result.codes]
    rows = node("Jg_xx", codes, ("Czlx", result.operation), ("Bs", result.handle))
    audited = None
    if audit is not None:
        audited = node(
            "GJSHS",
            node(
                "Gjsh",
                ("Shrxm", audit.auditor),
                ("Shsj", day_and_time(audit.at)),
                ("Shyj", audit.opinion),
                ("Shjg", int(audit.approved)),
                ("Czlx", result.operation),
                ("Jlid", audit.handle),
            ),
        )
    return as_bytes(node("ICP", node("BAJG", rows, audited)))


def struck_document(level: int, id_: int) -> bytes:
    """ZXSJ: a subject, site or access that is no longer on record."""
    return as_bytes(node("ICP", node("ZXSJ", node("Zxxx", ("Zxlb", level), ("Jlid", id_)))))


def record(filing: "Filing", sites: Iterable["Site"]) -> bytes:
    """BASJ: the subject and its sites as they are on record."""
    rows = [_site(site, filing) for site in sites if _living(site)]
    return as_bytes(node("ICP", node("BASJ", node("Baxx", subject(filing), rows))))


def subject(filing: "Filing") -> etree._Element:
    """Zt_xx of a record."""
    region = filing.region
    city, county = f"{region[:4]}00" if region[2:4] != "00" else "", region if region[4:] != "00" else ""
    return node(
        "Zt_xx",
        ("Ztid", filing.subject_id),
        ("Dwmc", filing.name),
        ("Dwxz", filing.nature),
        node("Txdz", ("Shengid", f"{region[:2]}0000"), ("Shiid", city), ("Xianid", county), ("Xxdz", filing.address)),
        node("Zj", ("Zjlx", filing.id_type_code), ("Zjhm", filing.id_number), ("Zjzs", filing.address)),
        _person("Fzr", filing.lead_name, filing.lead_mobile, filing.lead_id_number),
        ("Baxh", filing.number),
        ("Bbyhlx", 1),
        ("Scbbsj", day_and_time(filing.made_at)),
        ("Zjxgsj", day_and_time(filing.made_at)),
    )


def _person(name: str, who: str, mobile: str, id_number: str) -> etree._Element:
    return node(
        name,
        ("Fzr_xm", who),
        ("Fzr_sjhm", mobile),
        ("Fzr_dzyj", MAILBOX),
        ("Fzr_zjlx", 2),
        ("Fzr_zjhm", id_number),
    )


def _living(site: "Site") -> list["Access"]:
    return [access for access in site.accesses.all() if access.ended_at is None]


def _site(site: "Site", filing: "Filing") -> etree._Element:
    return node(
        "Wz_xx",
        ("Wzid", site.site_id),
        ("Wzmc", site.name),
        node("Fwnr", ("Fwnr_id", 8)),
        node("Yylb", ("Yylb_id", 1)),
        node("Ym_xx", ("Ymid", site.domain_id), ("Ym", site.domain)),
        [_access(access) for access in _living(site)],
        _person("Wz_Fzr", filing.administrator_name, filing.administrator_mobile, filing.administrator_id_number),
        ("Syurl", f"www.{site.domain}"),
        ("Scbbsj", day_and_time(site.changed_at)),
        ("Zjxgsj", day_and_time(site.changed_at)),
        ("Baxh", site.number),
    )


def _access(access: "Access") -> etree._Element:
    return node(
        "Jr_xx",
        ("IspJrid", access.own_id),
        ("Jrid", access.access_id),
        ("Ispid", access.isp_id),
        node("Wzfb", *(("Fbdd", place) for place in access.places)),
        node("Wzjrfs", *(("Jrfs", method) for method in access.methods)),
        [_address(row) for row in access.addresses],
    )


def _address(row: AddressRow) -> etree._Element:
    return node(
        "Ip_xx",
        ("IspIpid", row["own_id"]),
        ("Ipid", row["id"]),
        ("Qsip", number_of(row["first"])),
        ("Zzip", number_of(row["last"])),
    )


def with_extras(xml: bytes) -> bytes:
    """The file with elements that no document names, as a later version might send."""
    root = etree.fromstring(xml)
    for element in list(root.iter()):
        if len(element) and element is not root:
            etree.SubElement(element, "Xzd").text = "后来版本的字段"
    return as_bytes(*root)
