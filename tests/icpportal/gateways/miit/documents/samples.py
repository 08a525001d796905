"""Invented reports and their XML; `golden(name)` is the file itself."""

from pathlib import Path

from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    MaterialReport,
    Owner,
    Purpose,
)

GOLDEN = Path(__file__).parent / "golden"
ISP_ID, OWN_ID = 100001, 1795559107000001
SUBJECT, SITE = "京ICP备00000001号", "京ICP备00000001号-1"
STATEMENT = Attachment(Purpose.STATEMENT, Owner.SITE, SITE, document="1", remark="第1页，共1页")
CERTIFICATE = Attachment(Purpose.SUBJECT_CERTIFICATE, Owner.SUBJECT, SUBJECT, document="2")
ACCESS = AccessReport(
    key="T7Q4-M2KX.1",
    site_number=SITE,
    places=(2, 26),
    methods=(5,),
    addresses=(AddressRange("192.0.2.10", "192.0.2.10"), AddressRange("198.51.100.1", "198.51.100.8")),
    password_md5="1a64a010767f0725fb52111b0a9e9f84",
)
ACCESS_WITH_PICTURES = AccessReport(
    key="T7Q4-M2KX.2",
    site_number=SITE,
    places=(2,),
    methods=(5,),
    addresses=(AddressRange("255.255.255.255", "255.255.255.255"),),
    attachments=(STATEMENT, CERTIFICATE),
)
CANCELLATION = CancellationReport(
    key="C7Q4-M2KX.1",
    access_id=700001,
    reason=1,
    remark='客户不再使用 <本公司> 的 "云" & 服务',
    password_md5="1a64a010767f0725fb52111b0a9e9f84",
)
MATERIAL = MaterialReport(key="T7Q4-M2KX.3", attachments=(STATEMENT, CERTIFICATE))
OUTGOING = {
    "xzjr.xml": ACCESS,
    "xzjr-attachments.xml": ACCESS_WITH_PICTURES,
    "zxba.xml": CANCELLATION,
    "xzhyd.xml": MATERIAL,
}


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def picture(_attachment: Attachment) -> bytes:
    """A picture that is small enough already, so that golden files do not depend on the encoder's version."""
    return golden("picture.jpg")


def document(inner: str, *, version: str = "V.3.0") -> bytes:
    """A download with this content."""
    text = f'<?xml version="1.0" encoding="GBK"?><DownloadData version="{version}">{inner}</DownloadData>'
    return text.encode("gb18030")
