"""Writes the three documents that are sent: XZJR (new access), ZXBA with Zxlb=2 (its end), XZHYD (material alone)."""

from base64 import b64encode
from collections.abc import Callable
from ipaddress import IPv4Address

from django.conf import settings
from lxml import etree

from icpportal.gateways.miit.codes.code_names import number_of
from icpportal.gateways.miit.documents.pictures import fit
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.documents.v30.xml_writer import MALFORMED, Part, in_gbk
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    MaterialReport,
    Report,
    ReportKind,
)

NUMBER = "V.3.0"
ACCESS = 2  # Zxlb
PLACES_OF_AN_ACCESS = 100  # IspIpid = own id * 100 + place
MOST = 64  # Fbdd, Jrfs
NAMES = {ReportKind.ACCESS: "XZJR", ReportKind.CANCELLATION: "ZXBA", ReportKind.MATERIAL: "XZHYD"}
Pictures = Callable[[Attachment], bytes]


def build(report: Report, *, isp_id: int, own_id: int, pictures: Pictures) -> bytes:
    """The report as a document in GBK; raises `NotEncodable`.

    `own_id` becomes IspJrid. `pictures` hands out the picture of an attachment, of any size; it is fitted here.
    """
    root = etree.Element("UploadData", version=NUMBER)
    icp = Part(etree.SubElement(root, "ICP"))
    part = Part(etree.SubElement(icp.node, NAMES[report.kind]))
    match report:
        case AccessReport():
            _access(part, report, own_id, pictures)
        case CancellationReport():
            _cancellation(part, report)
        case MaterialReport():
            _material(part, report, pictures)
    icp.number("Qqdwid", isp_id, "MIIT_ISP_ID")
    return in_gbk(root)


def _access(kind: Part, report: AccessReport, own_id: int, pictures: Pictures) -> None:
    row = kind.part("Xzxx")
    row.part("Wz_xx").text("Wzbah", report.site_number, "site_number")
    row.number("IspJrid", own_id, "own_id")
    _codes(row.part("Wzfb"), "Fbdd", report.places, "places")
    _codes(row.part("Wzjrfs"), "Jrfs", report.methods, "methods")
    _addresses(row, report.addresses, own_id)
    for place, attachment in enumerate(report.attachments):
        _attachment(row.part("Fj").part("Fjxx"), attachment, place, pictures)
    # V3.0 requires an ICPmm in every XZJR: without a password it is an agreed value (docs/ministry.md)
    row.text("ICPmm", (report.password_md5 or settings.MIIT_ICPMM_WITHOUT_PASSWORD).lower(), "password_md5")


def _cancellation(kind: Part, report: CancellationReport) -> None:
    row = kind.part("Zx_xx")
    row.number("Zxlb", ACCESS, "level")
    row.number("Jlid", report.access_id, "access_id")
    row.number("Zxly", report.reason, "reason")
    if report.remark:
        row.text("Zxlybz", report.remark, "remark")
    if report.password_md5:  # optional here: where there is none, none is sent
        row.text("ICPmm", report.password_md5.lower(), "password_md5")


def _material(kind: Part, report: MaterialReport, pictures: Pictures) -> None:
    if not report.attachments:
        raise NotEncodable("no attachment", field="Fjxx (attachments)", code=MALFORMED)
    for place, attachment in enumerate(report.attachments):
        _attachment(kind.part("Fjxx"), attachment, place, pictures)


def _codes(block: Part, name: str, codes: tuple[int, ...], ours: str) -> None:
    if not 1 <= len(codes) <= MOST:
        raise NotEncodable(f"not 1..{MOST} codes", field=f"{block.path}/{name} ({ours})", code=MALFORMED)
    for code in codes:
        block.number(name, code, ours)


def _addresses(row: Part, ranges: tuple[AddressRange, ...], own_id: int) -> None:
    if not 1 <= len(ranges) < PLACES_OF_AN_ACCESS:
        raise NotEncodable("not 1..99 ranges", field=f"{row.path}/Ip_xx (addresses)", code=MALFORMED)
    for place, addresses in enumerate(ranges, 1):
        block = row.part("Ip_xx")
        block.number("IspIpid", own_id * PLACES_OF_AN_ACCESS + place, "own_id")
        block.number("Qsip", _as_number(addresses.first, block), "addresses")
        block.number("Zzip", _as_number(addresses.last, block), "addresses")


def _as_number(address: str, block: Part) -> int:
    try:
        return int(IPv4Address(address))
    except ValueError as error:
        raise NotEncodable("not an IPv4 address", field=f"{block.path} (addresses)", code=MALFORMED) from error


def _attachment(block: Part, attachment: Attachment, place: int, pictures: Pictures) -> None:
    ours = f"attachments[{place}]"
    purpose = number_of(settings.MIIT_CODES, "Fjytlx", attachment.purpose.name.lower())
    block.number("Fjwjgs", number_of(settings.MIIT_CODES, "Fjwjgs", "jpeg"), ours)
    block.number("Fjyt", purpose, f"{ours}.purpose")
    block.content("Fjnr", b64encode(_fit(pictures(attachment), attachment, f"{block.path}/Fjnr ({ours})")).decode())
    owner = block.part("Fjssdx")
    owner.number("Ssdxlx", int(attachment.owner), f"{ours}.owner")
    owner.part("Ssdxbs").text("Baxh", attachment.owner_number, f"{ours}.owner_number")
    if attachment.remark:
        block.text("Bz", attachment.remark, f"{ours}.remark")


def _fit(picture: bytes, attachment: Attachment, field: str) -> bytes:
    try:
        return fit(picture, attachment.purpose)
    except NotEncodable as unfit:
        raise NotEncodable(str(unfit), field=f"{unfit.field} {field}", code=unfit.code) from unfit
