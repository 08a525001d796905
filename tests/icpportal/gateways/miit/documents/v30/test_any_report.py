"""Any data in the register: a report becomes a document valid by the schema, or names the field that prevents it."""

import random
from base64 import b64decode, b64encode
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from icpportal.gateways.miit.documents.gbk import unencodable
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.documents.versions import version
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    MaterialReport,
    Owner,
    Purpose,
    Report,
    faults,
)
from tests.icpportal.gateways.miit.documents.samples import picture
from tests.icpportal.gateways.miit.schemas import against_schema

SAYABLE = st.text("京沪粤宁苏ICP备0123456789号-·张王李示例科技（）<>&\"'\n\t龥〇", max_size=250)
ANY = st.one_of(SAYABLE, st.text("京备𠮷㛃€\x07\r王", max_size=8), st.text(max_size=40))
NUMBERS = st.builds(
    "{}ICP备{:08}号-{}".format, st.sampled_from("京沪粤宁苏新"), st.integers(0, 99_999_999), st.integers(1, 99)
)
OWN_IDS = st.integers(1, 9_999_999_999_999_999)
ISP_IDS = st.integers(1, 2**63 - 1)
CODES = st.lists(st.integers(1, 64), min_size=1, max_size=64).map(tuple)
DIGESTS = st.one_of(st.just(""), st.text("0123456789abcdef", min_size=32, max_size=32))
ADDRESSES = st.tuples(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1)).map(
    lambda pair: AddressRange(str(IPv4Address(min(pair))), str(IPv4Address(max(pair))))
)


def reports(numbers: st.SearchStrategy[str], words: st.SearchStrategy[str]) -> st.SearchStrategy[Report]:
    """Reports with such filing numbers and remarks."""
    attachments = st.lists(
        st.builds(
            Attachment,
            purpose=st.sampled_from(Purpose),
            owner=st.sampled_from(Owner),
            owner_number=numbers.filter(bool),
            document=st.text("0123456789", min_size=1, max_size=9),
            remark=words,
        ),
        max_size=6,
    ).map(tuple)
    access = st.builds(
        AccessReport,
        key=st.just("T7Q4-M2KX.1"),
        site_number=numbers,
        places=CODES,
        methods=CODES,
        addresses=st.lists(ADDRESSES, min_size=1, max_size=20).map(tuple),
        attachments=attachments,
        password_md5=DIGESTS,
    )
    cancellation = st.builds(
        CancellationReport,
        key=st.just("C7Q4-M2KX.1"),
        access_id=st.integers(1, 2**63 - 1),
        reason=st.integers(1, 999),
        remark=words,
        password_md5=DIGESTS,
    )
    material = st.builds(MaterialReport, key=st.just("T7Q4-M2KX.2"), attachments=attachments.filter(bool))
    return st.one_of(access, cancellation, material)


def texts_of(report: Report) -> list[str]:
    attachments = getattr(report, "attachments", ())
    own = [getattr(report, "site_number", ""), getattr(report, "remark", "")]
    return own + [text for row in attachments for text in (row.owner_number, row.remark)]


def texts_in(xml: bytes, *names: str) -> list[str]:
    return [element.text for element in etree.fromstring(xml).iter(*names)]


def reasons(report: Report) -> set[str]:
    """The codes with which the report may be refused."""
    owners = [row.owner_number for row in getattr(report, "attachments", ())]
    found = {"5008"} if any(unencodable(text) for text in texts_of(report)) else set()
    return found | ({"5001"} if faults(report) or any(len(owner) > 128 for owner in owners) else set())


def build(report: Report, own_id: int, isp_id: int) -> tuple[bytes, NotEncodable | None]:
    try:
        return version().build(report, isp_id=isp_id, own_id=own_id, pictures=picture), None
    except NotEncodable as unfit:
        return b"", unfit


@given(report=reports(NUMBERS, SAYABLE), own_id=OWN_IDS, isp_id=ISP_IDS)
def test_a_report_within_gbk_is_valid_and_keeps_its_content(report, own_id, isp_id):
    xml, _unfit = build(report, own_id, isp_id)

    assert against_schema(xml) == []
    assert against_schema(version().redact(xml, attachments=False)) == []
    assert b"&#" not in xml
    assert sorted(texts_in(xml, "Wzbah", "Baxh", "Bz", "Zxlybz")) == sorted(filter(None, texts_of(report)))
    assert len(set(texts_in(xml, "IspIpid"))) == len(getattr(report, "addresses", ()))


@given(report=reports(st.one_of(NUMBERS, ANY), ANY))
def test_any_other_report_names_what_prevents_it(report):
    xml, unfit = build(report, 1, 1)

    assert bool(unfit) == bool(reasons(report))
    if unfit:
        assert unfit.code in reasons(report)
        assert unfit.field
        return
    assert against_schema(xml) == []


@pytest.mark.parametrize("count", range(7))
def test_up_to_six_pictures_of_any_size_are_included(count):
    chance = random.Random(count)
    purposes = [chance.choice(list(Purpose)) for _ in range(count)]
    report = AccessReport(
        key="T7Q4-M2KX.1",
        site_number="京ICP备00000001号-1",
        places=(2,),
        methods=(5,),
        addresses=(AddressRange("192.0.2.10", "192.0.2.10"),),
        attachments=tuple(Attachment(purpose, Owner.SITE, "京ICP备00000001号-1", "1") for purpose in purposes),
    )

    xml = version().build(report, isp_id=1, own_id=1, pictures=picture)

    assert against_schema(xml) == []
    assert texts_in(xml, "Fjyt") == [purpose.value for purpose in purposes]
    assert {b64encode(b64decode(text)).decode() == text for text in texts_in(xml, "Fjnr")} <= {True}
