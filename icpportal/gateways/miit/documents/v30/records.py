"""Reads filings as the authority has them (BASJ): subjects, sites, accesses."""

import re
from dataclasses import replace
from ipaddress import IPv4Address

from lxml import etree

from icpportal.gateways.miit.documents.types import NO_ACCESS_ID, NO_SITE_ID, NO_SUBJECT_ID
from icpportal.gateways.miit.documents.v30.unknown_elements import strangers
from icpportal.gateways.miit.documents.xml_reader import local, number, numbers, part, parts, text, text_of
from icpportal.gateways.miit.types import AddressRange, FiledAccess, FiledContact, FiledRecord, FiledSite

REGION = re.compile(r"[0-9]{6}")
SEVERAL = re.compile("[;；]")
# the blocks of a record that are read
BLOCKS = {"Zt_xx", "Txdz", "Zj", "Fzr", "Wz_Fzr", "Wz_xx", "Fwnr", "Yylb", "Ym_xx", "Jr_xx", "Wzfb", "Wzjrfs", "Ip_xx"}


def records(block: etree._Element, remarks: list[str]) -> list[FiledRecord]:
    """Every subject that has its Ztid, once; a row without it is remarked on and skipped."""
    remarks += strangers(block, "BASJ")
    found: dict[int, FiledRecord] = {}
    for row in parts(block, "Baxx"):
        remarks += strangers(row, "Baxx")
        remarks += _inner_strangers(row)
        record = _record(row, remarks)
        if record:
            before = found.pop(record.subject_id, None)
            found[record.subject_id] = _join(before, record) if before else record
    return [*found.values()]


def _join(first: FiledRecord, last: FiledRecord) -> FiledRecord:
    """One record of two rows about one subject; apart, each row would end the accesses of the other one's sites."""
    return replace(last, sites=first.sites + last.sites, is_whole=first.is_whole and last.is_whole)


def _inner_strangers(row: etree._Element) -> list[str]:
    found = []
    for element in row.iter():
        name = local(element)
        if name in BLOCKS:
            found += strangers(element, name)
    return found


def _record(row: etree._Element, remarks: list[str]) -> FiledRecord | None:
    subject = part(row, "Zt_xx")
    identity = number(subject, "Ztid")
    if identity is None:
        remarks.append(NO_SUBJECT_ID)
        return None
    address, paper = part(subject, "Txdz"), part(subject, "Zj")
    sites = tuple(site for inner in parts(row, "Wz_xx") if (site := _site(inner, remarks)))
    named = sum(local(element) in ("Wz_xx", "Jr_xx") for element in row.iter())
    return FiledRecord(
        subject_id=identity,
        subject_number=text(subject, "Baxh"),
        name=text(subject, "Dwmc"),
        nature=number(subject, "Dwxz"),
        id_type=number(paper, "Zjlx"),
        id_number=text(paper, "Zjhm"),
        id_address=text(paper, "Zjzs"),
        region=_region(address),
        address=text(address, "Xxdz"),
        lead=_contact(part(subject, "Fzr")),
        sites=sites,
        is_whole=named == sum(1 + len(site.accesses) for site in sites),
    )


def _region(address: etree._Element | None) -> str:
    given = (text(address, name) for name in ("Xianid", "Shiid", "Shengid"))
    return next((code for code in given if REGION.fullmatch(code)), "")


def _contact(block: etree._Element | None) -> FiledContact:
    return FiledContact(
        name=text(block, "Fzr_xm"),
        phone=text(block, "Fzr_dhhm"),
        mobile=text(block, "Fzr_sjhm") or text(block, "sjhm"),  # sjhm as in HSJG
        email=text(block, "Fzr_dzyj"),
        id_type=number(block, "Fzr_zjlx"),
        id_number=text(block, "Fzr_zjhm"),
    )


def _site(row: etree._Element, remarks: list[str]) -> FiledSite | None:
    identity = number(row, "Wzid")
    if identity is None:
        remarks.append(NO_SITE_ID)
        return None
    domains = (text(inner, "Ym") for inner in parts(row, "Ym_xx"))
    accesses = (_access(inner, remarks) for inner in parts(row, "Jr_xx"))
    names = (name.strip() for name in SEVERAL.split(text(row, "Wzmc")))
    return FiledSite(
        site_id=identity,
        site_number=text(row, "Baxh"),
        names=tuple(name for name in names if name),
        domains=tuple(domain for domain in domains if domain),
        home_url=text(row, "Syurl"),
        administrator=_contact(part(row, "Wz_Fzr")),
        accesses=tuple(access for access in accesses if access),
        content=numbers(part(row, "Fwnr"), "Fwnr_id"),
        languages=numbers(part(row, "Yylb"), "Yylb_id"),
    )


def _access(row: etree._Element, remarks: list[str]) -> FiledAccess | None:
    identity = number(row, "Jrid")
    if identity is None:
        remarks.append(NO_ACCESS_ID)
        return None
    ranges = [_range(inner) for inner in parts(row, "Ip_xx")]
    if not all(ranges):
        remarks.append("Ip_xx is no range of addresses")
    return FiledAccess(
        access_id=identity,
        provider=number(row, "Ispid"),
        own_id=number(row, "IspJrid"),
        places=numbers(part(row, "Wzfb"), "Fbdd"),
        methods=numbers(part(row, "Wzjrfs"), "Jrfs"),
        addresses=tuple(found for found in ranges if found),
    )


def _range(row: etree._Element) -> AddressRange | None:
    first, last = (_dotted_address(part(row, name)) for name in ("Qsip", "Zzip"))
    return AddressRange(first, last) if first and last else None


def _dotted_address(element: etree._Element | None) -> str:
    """An address from its number; dotted notation is accepted, too."""
    words = text_of(element)
    try:
        return str(IPv4Address(int(words) if words.isascii() and words.isdigit() else words))
    except ValueError:
        return ""
