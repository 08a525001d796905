"""Reports, numbered files and downloads as database rows, for tests of the pages and commands that show them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icpportal.gateways.miit.client.crypto import pack
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.line.file_encryption import seal_body
from icpportal.gateways.miit.line.serialization import seal_value
from icpportal.gateways.miit.models import Report, ReportState, UploadFile
from icpportal.gateways.miit.outgoing import file_builder
from icpportal.gateways.miit.types import AccessReport, AddressRange

ISP = 100001
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
DIGEST = "1a64a010767f0725fb52111b0a9e9f84"
PICTURE = "SGVsbG8gZnJvbSBhIHBpY3R1cmU="
XML = f"""<?xml version="1.0" encoding="GBK"?>
<UploadData version="V.3.0"><ICP><XZJR><Xzxx><Wz_xx><Wzbah>宁ICP备00000000号-1</Wzbah></Wz_xx><IspJrid>7</IspJrid>
<Wzfb><Fbdd>21</Fbdd></Wzfb><Wzjrfs><Jrfs>5</Jrfs></Wzjrfs><Ip_xx><IspIpid>701</IspIpid><Qsip>3325256705</Qsip>
<Zzip>3325256705</Zzip></Ip_xx><Fj><Fjxx><Fjwjgs>1</Fjwjgs><Fjyt>1</Fjyt><Fjnr>{PICTURE}</Fjnr><Fjssdx>
<Ssdxlx>2</Ssdxlx><Ssdxbs><Baxh>宁ICP备00000000号-1</Baxh></Ssdxbs></Fjssdx></Fjxx></Fj><ICPmm>{DIGEST}</ICPmm></Xzxx>
</XZJR><Qqdwid>{ISP}</Qqdwid></ICP></UploadData>""".replace("\n", "")


def report(number: int = 1, order: str = "T7Q4-M2KX", **columns: Any) -> Report:
    """A queued report of an order, a minute after the previous one."""
    key = columns.pop("key", f"{order}.{number}")
    content = AccessReport(
        key=key,
        site_number="宁ICP备00000000号-1",
        places=(21,),
        methods=(5,),
        addresses=(AddressRange("198.51.100.1", "198.51.100.1"),),
        password_md5=DIGEST,
    )
    at = START + timedelta(minutes=number)
    usual = {"reference": order, "kind": "access", "site_number": content.site_number, "queued_at": at, "next_at": at}
    payload = seal_value(content, bound_to=file_builder.place(key))
    return Report.objects.create(key=key, payload=payload, **{**usual, **columns})


def file(row: Report, sequence: int, xml: str = XML, **columns: Any) -> UploadFile:
    """The numbered file of a report; accepted unless `accepted_at` says otherwise."""
    packed = pack(xml.encode("gbk"), f"beianinfo{sequence}.xml")
    body, key = seal_body(packed.body, bound_to=numbering.place(ISP, sequence))
    usual = {"sent_at": START, "accepted_at": START, "tries": 1, "body": body, "key": key, "digest": packed.digest}
    found = UploadFile.objects.create(
        isp_id=ISP, sequence=sequence, report=row, name=packed.name, **{**usual, **columns}
    )
    accepted = columns.get("accepted_at", START) is not None
    Report.objects.filter(pk=row.pk).update(state=ReportState.ACCEPTED if accepted else ReportState.NUMBERED)
    return found
