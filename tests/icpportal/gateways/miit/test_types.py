"""A report contains exactly what the ministry's V3.0 can carry."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.codes.code_names import METHODS, PLACES
from icpportal.gateways.miit.codes.table_numbers import method_of
from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    MaterialReport,
    Owner,
    Purpose,
    faults,
    reference_of,
    refuse_faults,
    report_key,
)

REPORT = AccessReport(
    key="T7Q4-M2KX.1",
    site_number="宁ICP备00000000号-1",
    places=(22,),
    methods=(5,),
    addresses=(AddressRange("192.0.2.10", "192.0.2.10"),),
    attachments=(Attachment(Purpose.STATEMENT, Owner.SITE, "宁ICP备00000000号-1", document="1"),),
    password_md5="1a64a010767f0725fb52111b0a9e9f84",
)


def test_a_well_formed_report_has_no_error():
    assert faults(REPORT) == []


def test_a_report_has_the_content_of_xzjr_and_no_subject_domain_or_people():
    assert {field.name for field in fields(AccessReport)} == {
        "key",
        "site_number",
        "places",
        "methods",
        "addresses",
        "attachments",
        "password_md5",
    }


def test_a_report_is_immutable():
    with pytest.raises(FrozenInstanceError):
        REPORT.key = "other"


def test_a_report_under_a_profile_without_password_is_well_formed():
    assert faults(replace(REPORT, password_md5="")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": ""}, "key missing"),
        ({"site_number": ""}, "site number missing"),
        ({"site_number": "宁" * 129}, "site number missing"),
        ({"places": ()}, "place missing or not 1..64"),
        ({"places": (0,)}, "place missing or not 1..64"),
        ({"places": (65,)}, "place missing or not 1..64"),
        ({"methods": ()}, "method missing or not 1..64"),
        ({"methods": (99,)}, "method missing or not 1..64"),
        ({"addresses": ()}, "address missing"),
        ({"addresses": (AddressRange("192.0.2.9", "192.0.2.1"),)}, "range upside down: 192.0.2.9-192.0.2.1"),
        ({"addresses": (AddressRange("2001:db8::1", "2001:db8::1"),)}, "not an IPv4 range: 2001:db8::1-2001:db8::1"),
        ({"addresses": (AddressRange("", ""),)}, "not an IPv4 range: -"),
        ({"password_md5": "Abc12345"}, "password digest is not MD5 in hex"),
        ({"password_md5": "1A64A010767F0725FB52111B0A9E9F84"}, "password digest is not MD5 in hex"),
        (
            {"attachments": (Attachment(Purpose.PHOTO, Owner.SITE, "", document="1"),)},
            "attachment without owner",
        ),
        (
            {"attachments": (Attachment(Purpose.PHOTO, Owner.SITE, "x", document="1", remark="字" * 257),)},
            "remark too long",
        ),
    ],
)
def test_a_report_that_v3_cannot_carry_is_refused_with_the_schema_code(change, words):
    report = replace(REPORT, **change)

    with pytest.raises(Refused) as caught:
        refuse_faults(report)

    assert faults(report) == [words]
    assert (caught.value.code, str(caught.value)) == ("5001", words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"access_id": 0}, "access id missing"),
        ({"reason": 0}, "reason not 1..999"),
        ({"reason": 1000}, "reason not 1..999"),
        ({"remark": "字" * 1001}, "remark too long"),
        ({"password_md5": "Abc12345"}, "password digest is not MD5 in hex"),
    ],
)
def test_a_cancellation_that_v3_cannot_carry_is_refused(change, words):
    good = CancellationReport("A.1", access_id=7, reason=1, password_md5="1a64a010767f0725fb52111b0a9e9f84")

    assert faults(good) == []
    assert faults(replace(good, **change)) == [words]


def test_material_without_a_picture_is_refused():
    picture = Attachment(Purpose.STATEMENT, Owner.SITE, "宁ICP备00000000号-1", document="1")

    assert faults(MaterialReport("A.1", (picture,))) == []
    assert faults(MaterialReport("A.1", ())) == ["attachment missing"]
    assert faults(MaterialReport("A.1", (replace(picture, owner_number=""),))) == ["attachment without owner"]


def test_a_report_key_contains_the_reference_and_the_number_of_the_report():
    assert report_key("T7Q4-M2KX", 2) == "T7Q4-M2KX.2"
    assert reference_of("T7Q4-M2KX.2") == "T7Q4-M2KX"
    assert reference_of("made through another provider") == "made through another provider"


def test_every_province_has_a_place_number_of_its_own():
    assert len(PLACES) == len(set(PLACES.values())) == 34
    assert set(PLACES.values()) == set(range(1, 35))
    assert (PLACES["11"], PLACES["61"], PLACES["14"], PLACES["64"]) == (2, 27, 28, 22)


def test_web_hosting_is_reported_as_hosting_and_a_server_as_cloud():
    assert method_of("hosting") == METHODS["hosting"] == 3
    assert method_of("ecs") == METHODS["cloud"] == 5
