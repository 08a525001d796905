"""Reports and records are sealed in rows and are restored unchanged."""

from dataclasses import asdict

import pytest

from icpportal.gateways.miit.line.serialization import record_from, report_from, seal_value, struck_from, unseal_value
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    MaterialReport,
    Owner,
    Purpose,
    StruckRecord,
)
from icpportal.privacy.crypto import Unreadable

PICTURE = Attachment(Purpose.PHOTO, Owner.SITE, "宁ICP备00000000号-1", document="d-1", remark="㛃")
ADDRESS = AddressRange("192.0.2.10", "192.0.2.12")
REPORTS = (
    AccessReport("A.1", "宁ICP备00000000号-1", (22, 1), (5,), (ADDRESS,), (PICTURE,), "0" * 32),
    CancellationReport("A.2", access_id=77, reason=3, remark="搬走", password_md5="1" * 32),
    MaterialReport("A.3", (PICTURE, PICTURE)),
)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.kind)
def test_a_report_is_restored_unchanged(report):
    token = seal_value(report, bound_to="miit.report:A")

    assert report_from(report.kind, unseal_value(token, bound_to="miit.report:A")) == report


def test_a_sealed_report_shows_nothing_and_opens_only_in_its_own_row():
    token = seal_value(REPORTS[0], bound_to="miit.report:A")

    assert "ICP" not in token
    with pytest.raises(Unreadable):
        unseal_value(token, bound_to="miit.report:B")


def test_a_record_is_restored_unchanged():
    access = FiledAccess(9, provider=100001, own_id=7, places=(22,), methods=(5,), addresses=(ADDRESS,))
    site = FiledSite(
        5,
        "宁ICP备00000000号-1",
        names=("示例网",),
        domains=("example.com",),
        home_url="https://example.com/",
        administrator=FiledContact("陈样例", mobile="13900000002", id_type=2),
        accesses=(access,),
        content=(8,),
        languages=(1,),
    )
    record = FiledRecord(3, "宁ICP备00000000号", "宁夏示例纸业有限公司", 4, 1, "91649999000000019L", sites=(site,))

    assert record_from(unseal_value(seal_value(record, bound_to="x"), bound_to="x")) == record


def test_a_cancelled_row_is_restored_unchanged():
    assert struck_from(asdict(StruckRecord(Level.ACCESS, 9))) == StruckRecord(Level.ACCESS, 9)
