"""Three kinds of documents are sent, in strict GBK and within the limits of the ministry's schema."""

from dataclasses import replace

import pytest
from lxml import etree

from icpportal.gateways.miit.documents.schema import validate
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.documents.versions import version
from icpportal.gateways.miit.types import AddressRange, Attachment, Owner, Purpose, Report
from tests.icpportal.gateways.miit.documents.samples import (
    ACCESS,
    ACCESS_WITH_PICTURES,
    CANCELLATION,
    ISP_ID,
    MATERIAL,
    OUTGOING,
    OWN_ID,
    SITE,
    STATEMENT,
    golden,
    picture,
)
from tests.icpportal.gateways.miit.schemas import FOLDER, against_schema, needed

EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def build(report: Report, *, isp_id: int = ISP_ID, own_id: int = OWN_ID, pictures=picture) -> bytes:
    return version().build(report, isp_id=isp_id, own_id=own_id, pictures=pictures)


def values(xml: bytes, name: str) -> list[str]:
    return [element.text for element in etree.fromstring(xml).iter(name)]


def unfit(report: Report, **how) -> tuple[str, str]:
    with pytest.raises(NotEncodable) as caught:
        build(report, **how)
    return caught.value.field, caught.value.code


@pytest.mark.parametrize("name", OUTGOING)
def test_a_report_gives_the_golden_file_byte_by_byte(name):
    assert build(OUTGOING[name]) == golden(name)


@needed
@pytest.mark.parametrize("name", OUTGOING)
def test_the_golden_file_is_valid_by_the_ministrys_schema(name, settings):
    settings.MIIT_XSD_DIR = str(FOLDER)

    validate(golden(name))

    assert against_schema(golden(name)) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("xzjr.xml", "XZJR"), ("xzjr-attachments.xml", "XZJR"), ("zxba.xml", "ZXBA"), ("xzhyd.xml", "XZHYD")],
)
def test_a_file_has_one_kind_and_names_its_sender(name, kind):
    root = etree.fromstring(build(OUTGOING[name]))

    assert (root.tag, dict(root.attrib)) == ("UploadData", {"version": "V.3.0"})
    assert [child.tag for child in root] == ["ICP"]
    assert [child.tag for child in root[0]] == [kind, "Qqdwid"]
    assert root.findtext("ICP/Qqdwid") == str(ISP_ID)


@pytest.mark.parametrize("report", OUTGOING.values(), ids=OUTGOING)
def test_no_element_is_empty(report):
    root = etree.fromstring(build(report))

    assert [element.tag for element in root.iter() if not len(element) and not element.text] == []


def test_it_declares_gbk_and_is_gbk_without_numeric_references():
    xml = build(CANCELLATION)

    assert xml.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    assert CANCELLATION.remark in xml.decode("gbk").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert b"&#" not in xml


def test_each_address_has_its_own_number_that_fits_the_schemas_long():
    xml = build(ACCESS)

    assert values(xml, "IspJrid") == ["1795559107000001"]
    assert values(xml, "IspIpid") == ["179555910700000101", "179555910700000102"]
    assert values(xml, "Qsip") == ["3221225994", "3325256705"]
    assert values(xml, "Zzip") == ["3221225994", "3325256712"]


def test_an_access_without_password_has_the_agreed_value(settings):
    assert values(build(replace(ACCESS, password_md5="")), "ICPmm") == [EMPTY_MD5]

    settings.MIIT_ICPMM_WITHOUT_PASSWORD = "0" * 32

    assert values(build(replace(ACCESS, password_md5="")), "ICPmm") == ["0" * 32]


def test_a_digest_is_sent_in_lower_case():
    assert values(build(replace(ACCESS, password_md5="AB" * 16)), "ICPmm") == ["ab" * 16]


def test_a_cancellation_without_password_and_remark_omits_them():
    xml = build(replace(CANCELLATION, password_md5="", remark=""))

    assert [element.tag for element in etree.fromstring(xml).find("ICP/ZXBA/Zx_xx")] == ["Zxlb", "Jlid", "Zxly"]
    assert values(xml, "Zxlb") == ["2"]


def test_attachments_name_their_owner_by_filing_number():
    xml = build(ACCESS_WITH_PICTURES)

    assert values(xml, "Fjyt") == ["1", "2"]
    assert values(xml, "Ssdxlx") == ["2", "1"]
    assert values(xml, "Baxh") == [SITE, "京ICP备00000001号"]
    assert values(xml, "Jlid") == []


def test_format_and_purpose_of_a_picture_have_the_numbers_of_the_setting(settings):
    settings.MIIT_CODES = {"Fjwjgs": {"jpeg": 3}, "Fjytlx": {"statement": 11}}

    xml = build(ACCESS_WITH_PICTURES)

    assert (values(xml, "Fjwjgs"), values(xml, "Fjyt")) == (["3", "3"], ["11", "2"])


def test_pictures_are_loaded_by_attachment_in_order():
    asked = []

    build(ACCESS_WITH_PICTURES, pictures=lambda attachment: asked.append(attachment) or picture(attachment))

    assert asked == list(ACCESS_WITH_PICTURES.attachments)


@pytest.mark.parametrize("character", ["𠮷", "㛃", "€", "\x07", "\ufffe", "\ud800"])
def test_an_unencodable_character_names_its_field_before_anything_is_written(character):
    owner = Attachment(Purpose.STATEMENT, Owner.SITE, f"京{character}备", document="1")
    remark = replace(STATEMENT, remark=f"王{character}")

    assert unfit(replace(ACCESS, site_number=f"京ICP备{character}-1")) == ("Xzxx/Wz_xx/Wzbah (site_number)", "5008")
    assert unfit(replace(CANCELLATION, remark=f"王{character}")) == ("Zx_xx/Zxlybz (remark)", "5008")
    assert unfit(replace(MATERIAL, attachments=(owner,))) == (
        "Fjxx/Fjssdx/Ssdxbs/Baxh (attachments[0].owner_number)",
        "5008",
    )
    assert unfit(replace(ACCESS, attachments=(STATEMENT, remark))) == (
        "Xzxx/Fj/Fjxx/Bz (attachments[1].remark)",
        "5008",
    )


def test_the_reason_names_the_character_and_not_the_rest():
    with pytest.raises(NotEncodable, match=r"^GBK has no U\+20BB7$"):
        build(replace(CANCELLATION, remark="王𠮷"))


def test_line_breaks_need_no_reference():
    xml = build(replace(CANCELLATION, remark="一\r\n二\r三\n四\t五"))

    assert values(xml, "Zxlybz") == ["一\n二\n三\n四\t五"]
    assert b"&#" not in xml


@pytest.mark.parametrize(
    ("report", "field"),
    [
        (replace(ACCESS, site_number=""), "Xzxx/Wz_xx/Wzbah (site_number)"),
        (replace(ACCESS, site_number="京" * 129), "Xzxx/Wz_xx/Wzbah (site_number)"),
        (replace(ACCESS, places=()), "Xzxx/Wzfb/Fbdd (places)"),
        (replace(ACCESS, places=(1,) * 65), "Xzxx/Wzfb/Fbdd (places)"),
        (replace(ACCESS, places=(65,)), "Xzxx/Wzfb/Fbdd (places)"),
        (replace(ACCESS, methods=(0,)), "Xzxx/Wzjrfs/Jrfs (methods)"),
        (replace(ACCESS, addresses=()), "Xzxx/Ip_xx (addresses)"),
        (replace(ACCESS, addresses=(AddressRange("192.0.2.1", "192.0.2.1"),) * 100), "Xzxx/Ip_xx (addresses)"),
        (replace(ACCESS, addresses=(AddressRange("0.0.0.0", "192.0.2.1"),)), "Xzxx/Ip_xx/Qsip (addresses)"),
        (replace(ACCESS, addresses=(AddressRange("192.0.2.1", "example"),)), "Xzxx/Ip_xx (addresses)"),
        (replace(ACCESS, addresses=(AddressRange("2001:db8::1", "2001:db8::1"),)), "Xzxx/Ip_xx (addresses)"),
        (replace(ACCESS, password_md5="a" * 33), "Xzxx/ICPmm (password_md5)"),
        (replace(CANCELLATION, access_id=0), "Zx_xx/Jlid (access_id)"),
        (replace(CANCELLATION, reason=1000), "Zx_xx/Zxly (reason)"),
        (replace(CANCELLATION, remark="备" * 1001), "Zx_xx/Zxlybz (remark)"),
        (replace(MATERIAL, attachments=()), "Fjxx (attachments)"),
        (replace(MATERIAL, attachments=(replace(STATEMENT, remark="备" * 257),)), "Fjxx/Bz (attachments[0].remark)"),
    ],
)
def test_a_value_that_the_schema_has_no_room_for_is_never_sent(report, field):
    assert unfit(report) == (field, "5001")


def test_numbers_outside_our_range_are_never_sent():
    assert unfit(ACCESS, isp_id=0) == ("Qqdwid (MIIT_ISP_ID)", "5001")
    assert unfit(ACCESS, own_id=0) == ("Xzxx/IspJrid (own_id)", "5001")
    assert unfit(ACCESS, own_id=10**17) == ("Xzxx/Ip_xx/IspIpid (own_id)", "5001")


@needed
def test_ninety_nine_ranges_are_included(settings):
    settings.MIIT_XSD_DIR = str(FOLDER)

    xml = build(replace(ACCESS, addresses=(AddressRange("192.0.2.1", "192.0.2.1"),) * 99))

    validate(xml)
    assert len(set(values(xml, "IspIpid"))) == 99


def test_a_picture_that_does_not_open_names_its_attachment():
    assert unfit(ACCESS_WITH_PICTURES, pictures=lambda attachment: b"no picture") == (
        "attachment statement Xzxx/Fj/Fjxx/Fjnr (attachments[0])",
        "5010",
    )
