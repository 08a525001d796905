"""Reads files from the authority: results, records, struck entries, tables; anything else is named and only stored."""

from dataclasses import dataclass, field

from lxml import etree

from icpportal.gateways.miit.documents.types import CodeRow, Download, MalformedDocument, Result
from icpportal.gateways.miit.documents.v30 import code_tables, results
from icpportal.gateways.miit.documents.v30 import records as filed
from icpportal.gateways.miit.documents.xml_reader import local, parse
from icpportal.gateways.miit.types import FiledRecord, StruckRecord

SHOWN = 20  # remarks
NAME_LENGTH = 20  # of a kind


@dataclass
class Content:
    """What was read of a file so far."""

    kinds: list[str] = field(default_factory=list)
    only_stored: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    records: list[FiledRecord] = field(default_factory=list)
    struck: list[StruckRecord] = field(default_factory=list)
    codes: list[CodeRow] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(xml: bytes) -> Download:
    """Parses the file tolerantly: without schema or assumptions. Raises `MalformedDocument`."""
    root, remarks = parse(xml)
    if local(root) != "DownloadData":
        raise MalformedDocument("root is not DownloadData")
    found = Content(remarks=remarks)
    for branch in root:
        READERS.get(local(branch), _only_stored)(branch, found)
    return _download(root.get("version", ""), found)


def _download(version: str, found: Content) -> Download:
    kind = next(iter(found.kinds + found.only_stored), "")
    others = [name for name in dict.fromkeys(found.kinds + found.only_stored) if name != kind]
    remarks = [*found.remarks, *(f"also {name}" for name in others), *(() if kind else ("empty",))]
    return Download(
        kind=kind,
        version=version[:NAME_LENGTH],
        results=tuple(found.results),
        records=tuple(found.records),
        struck=tuple(found.struck),
        codes=tuple(found.codes),
        remarks=tuple(sorted(dict.fromkeys(remarks), key=_is_only_new))[:SHOWN],
    )


def _is_only_new(remark: str) -> bool:
    """Elements unknown to V3.0 are reported last: a later version may have many, and nothing is lost by one."""
    return remark.startswith("unknown")


def _icp(branch: etree._Element, found: Content) -> None:
    for child in branch:
        READERS.get(local(child), _only_stored)(child, found)


def _only_stored(branch: etree._Element, found: Content) -> None:
    found.only_stored.append(local(branch)[:NAME_LENGTH])


def _note_synchronised(branch: etree._Element, found: Content) -> None:
    """SJTB contains what another provider reported: not about our requests, so it is only named."""
    found.only_stored.append("SJTB")
    found.remarks += [f"SJTB holds {local(child)[:NAME_LENGTH]}" for child in branch]


def _bajg(branch: etree._Element, found: Content) -> None:
    found.kinds.append("BAJG")
    found.results += results.of(branch, found.remarks)


def _gjshs(branch: etree._Element, found: Content) -> None:
    found.kinds.append("BAJG")
    found.results += results.decisions(branch, found.remarks)


def _basj(branch: etree._Element, found: Content) -> None:
    found.kinds.append("BASJ")
    found.records += filed.records(branch, found.remarks)


def _zxsj(branch: etree._Element, found: Content) -> None:
    found.kinds.append("ZXSJ")
    found.struck += results.read_struck(branch, found.remarks)


def _jcdm(branch: etree._Element, found: Content) -> None:
    found.kinds.append("JCDM")
    found.codes += code_tables.rows(branch, found.remarks)


READERS = {
    "ICP": _icp,
    "BAJG": _bajg,
    "GJSHS": _gjshs,
    "BASJ": _basj,
    "ZXSJ": _zxsj,
    "JCDM": _jcdm,
    "SJTB": _note_synchronised,
}
