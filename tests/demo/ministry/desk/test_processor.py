"""The processing of an accepted file: each rule with requests that pass and fail it."""

import base64
import hashlib

import pytest

from tests.demo.ministry.conftest import DOMAIN, NUMBER, PASSWORD, SITE
from tests.demo.ministry.process import start_simulator
from tests.demo.ministry.provider import Provider, access, attachment, cancellation, document, picture
from tests.icpportal.gateways.miit import schemas

OURS = 100001


def verdicts(provider):
    """(Czlx, Bs, codes) of every waiting file."""
    return [
        (row.findtext("Czlx"), row.findtext("Bs"), [one.findtext("Jgdm") for one in row.iterfind("Jgxx")])
        for root in provider.everything()
        for row in root.iter("Jg_xx")
    ]


def file_one(provider, xml, sequence=1):
    """The verdicts on one file."""
    assert provider.uploaded(xml, sequence) == 0
    return verdicts(provider)


def good(own_id=7, **changed):
    return access(SITE, own_id, PASSWORD, **changed)


def test_a_valid_report_waits_for_a_person_without_an_answer(desk, provider):
    assert file_one(provider, document(XZJR=good())) == []
    assert desk.reports()[0]["stage"] == "waiting"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (document(version="V.2.1", XZJR=good()), "5004"),
        (document(version="", XZJR=good()), "5004"),
        (document(isp=100002, XZJR=good()), "5003"),
        (document(XZJR=good(ICPmm="")), "5001"),
        (document(XZJR=good(ICPmm="<ICPmm/>")), "5001"),
        (document(XZJR=good(ICPmm=f"<ICPmm>{'a' * 33}</ICPmm>")), "5001"),
        (document(XZJR=good(Wz_xx="<Wz_xx/>")), "5001"),
        (document(XZJR=good(Wz_xx=f"<Wz_xx><Wzbah>{SITE}</Wzbah><Wzid>1</Wzid></Wz_xx>")), "5001"),
        (document(XZJR=good(IspJrid="<IspJrid>0</IspJrid>")), "5001"),
        (document(XZJR=good(Wzfb="<Wzfb><Fbdd>65</Fbdd></Wzfb>")), "5001"),
        (document(XZJR=good(Wzfb="<Wzfb/>")), "5001"),
        (document(XZJR=good(Ip_xx="")), "5001"),
        (document(XZJR=good(Ip_xx="<Ip_xx><IspIpid>1</IspIpid><Qsip>1</Qsip></Ip_xx>")), "5001"),
        (document(XZJR=good(Fj="<Fj/>")), "5001"),
        (document(XZJR=good() + "<Later>1</Later>"), "5001"),
        (document(XZJR=""), "5001"),
        (document(), "5001"),
        (document(NOSUCH="<a/>"), "5001"),
        (b"not XML at all", "5001"),
        (document(XZJR=good()).replace(b"?>", b'?><!DOCTYPE UploadData [<!ENTITY b "c">]>', 1), "5001"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><UploadData version="V.3.0">&b;</UploadData>', "5001"),
    ],
)
def test_an_invalid_file_is_refused_as_a_whole(desk, provider, xml, code):
    assert [codes for _operation, _handle, codes in file_one(provider, xml)] == [[code]]
    assert [(row["stage"], row["code"]) for row in desk.reports()] == [("failed", code)]


def test_a_broken_file_is_explained_in_the_words_of_5001(provider):
    provider.upload(document(XZJR=good(Ip_xx="")), 1, name="order17__xml")

    assert provider.download().root.findtext(".//Dmms") == "order17.xml"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (access("宁ICP备99999999号-1", 7, PASSWORD), "1059"),
        (access(NUMBER, 7, PASSWORD), "1059"),  # the subject's number is not a site's
        (good(Wz_xx="<Wz_xx><Wzid>12345</Wzid></Wz_xx>"), "1059"),
        (access(SITE, 7, "wrong"), "1018"),
        (good(Ip_xx="<Ip_xx><IspIpid>1</IspIpid><Qsip>2</Qsip><Zzip>1</Zzip></Ip_xx>"), "1006"),
        (good(attachments=attachment(SITE, format_=3)), "1056"),
        (good(attachments=attachment(SITE, purpose=6)), "1057"),
        (good(attachments=attachment(NUMBER, purpose=5, owner=1)), "1061"),
        (good(attachments=attachment("宁ICP备99999999号", purpose=2, owner=1)), "1055"),
        (good(attachments=attachment(SITE, content=base64.b64encode(b"no picture").decode())), "5010"),
        (good(attachments=attachment(SITE, content=picture("PNG"))), "5010"),  # not the stated format
        (good(attachments=attachment(SITE, content="***")), "5010"),
        (good(attachments=attachment(SITE, content=picture()[: len(picture()) // 8 * 4])), "5010"),  # only half of one
    ],
)
def test_a_wrong_record_is_refused_with_the_matching_code(desk, provider, record, code):
    assert file_one(provider, document(XZJR=record)) == [("3", "7", [code])]
    assert [(row["stage"], row["code"]) for row in desk.reports()] == [("failed", code)]


@pytest.mark.parametrize(
    "attachments",
    [
        "".join(attachment(SITE, purpose=purpose) for purpose in (1, 4, 5))
        + "".join(attachment(NUMBER, purpose=purpose, owner=1) for purpose in (1, 2, 3)),
        attachment(SITE, format_=2, content=picture("PNG")),
    ],
)
def test_valid_pictures_are_accepted(desk, provider, attachments):
    assert file_one(provider, document(XZJR=good(attachments=attachments))) == []


@pytest.mark.parametrize(("purpose", "largest"), [(1, 153_600), (5, 102_400)])
def test_a_picture_may_be_as_long_in_base64_as_the_ministry_allows(provider, purpose, largest):
    short = picture()
    spaces = largest - len(short)

    fits = file_one(provider, document(XZJR=good(attachments=attachment(
        SITE, purpose=purpose, content=short + " " * spaces))))  # fmt: skip
    too_long = file_one(provider, document(XZJR=good(8, attachments=attachment(
        SITE, purpose=purpose, content=short + " " * (spaces + 1)))), 2)  # fmt: skip

    assert (fits, too_long) == ([], [("3", "8", ["5010"])])


def test_the_case_of_the_password_digest_does_not_matter(provider):
    digest = hashlib.md5(PASSWORD.encode()).hexdigest().upper()

    assert file_one(provider, document(XZJR=good(ICPmm=f"<ICPmm>{digest}</ICPmm>"))) == []


def test_the_value_for_no_password_is_not_compared(desk, provider):
    nothing = "<ICPmm>d41d8cd98f00b204e9800998ecf8427e</ICPmm>"

    assert file_one(provider, document(XZJR=good(ICPmm=nothing))) == []
    assert desk.reports()[0]["body"]["password_fits"] is None


def test_a_province_without_passwords_compares_none(desk, provider):
    desk.set_province("64", asks_phones=False, compares_password=False)
    without = file_one(provider, document(XZJR=access(SITE, 7, "wrong")))
    desk.set_province("64", asks_phones=False)

    assert without == []
    assert file_one(provider, document(XZJR=access(SITE, 8, "wrong")), 2) == [("3", "8", ["1018"])]


def test_a_site_can_be_named_by_the_authoritys_id(desk, provider):
    site_id = desk.filings(number=NUMBER)[0]["sites"][0]["site_id"]

    assert file_one(provider, document(XZJR=good(Wz_xx=f"<Wz_xx><Wzid>{site_id}</Wzid></Wz_xx>"))) == []
    assert desk.reports()[0]["site_number"] == SITE


def test_an_own_id_is_reported_once_unless_its_report_was_refused(desk, provider):
    provider.upload(document(XZJR=good(7)), 1)
    twice = file_one(provider, document(XZJR=good(7)), 2)
    desk.decide("1", "turn_down")
    verdicts(provider)

    assert twice == [("3", "7", ["1038"])]
    assert file_one(provider, document(XZJR=good(7)), 3) == []


def test_a_site_we_already_serve_cannot_be_reported_again(desk, provider):
    provider.upload(document(XZJR=good(7)), 1)
    desk.decide("1", "grant")
    provider.everything()

    assert file_one(provider, document(XZJR=good(8)), 2) == [("3", "8", ["1029"])]
    assert file_one(provider, document(XZJR=good(7)), 3) == [("3", "7", ["1038"])]


def test_of_two_reports_for_one_site_the_second_is_refused_while_the_first_waits(desk, provider):
    provider.upload(document(XZJR=good(7)), 1)

    assert file_one(provider, document(XZJR=good(8)), 2) == [("3", "8", ["1029"])]
    desk.decide("1", "grant")

    ours = [row for row in desk.filings(number=NUMBER)[0]["sites"][0]["accesses"] if row["isp_id"] == OURS]
    assert [row["own_id"] for row in ours] == [7]


@pytest.mark.parametrize(
    ("ranges", "codes"),
    [
        ([], []),
        ([["192.0.2.0", "192.0.2.255"]], []),
        ([["192.0.2.11", "192.0.2.255"]], [("3", "7", ["1063"])]),
        ([["198.51.100.0", "198.51.100.255"]], [("3", "7", ["1063"])]),
    ],
)
def test_addresses_are_compared_with_the_providers_own_where_they_are_known(desk, provider, ranges, codes):
    desk.conduct(ip_ranges=ranges)

    assert file_one(provider, document(XZJR=good())) == codes


def test_a_blacklisted_domain_or_subject_is_refused(desk, provider):
    desk.block("domain", DOMAIN)
    domain = file_one(provider, document(XZJR=good(7)))
    desk.block("domain", DOMAIN, on=False)
    desk.block("subject", "91649999000000019l")
    subject = file_one(provider, document(XZJR=good(8)), 2)
    desk.block("subject", "91649999000000019L", on=False)

    assert (domain, subject) == ([("3", "7", ["1064"])], [("3", "8", ["1065"])])
    assert file_one(provider, document(XZJR=good(9)), 3) == []


def test_the_example_world_has_a_blacklisted_domain(provider):
    assert file_one(provider, document(XZJR=access("京ICP备00000091号-1", 7, "Bj000091"))) == [("3", "7", ["1064"])]


def test_each_record_of_a_file_has_its_own_answer(desk, provider):
    records = access("宁ICP备99999999号-1", 7, PASSWORD) + good(8) + access(SITE, 9, "wrong")

    assert file_one(provider, document(XZJR=records)) == [("3", "7", ["1059"]), ("3", "9", ["1018"])]
    assert [(row["key"], row["stage"]) for row in desk.reports()] == [
        ("1-3", "failed"), ("1-2", "waiting"), ("1", "failed"),
    ]  # fmt: skip


def test_a_verdict_names_the_site_where_the_authority_is_set_so(desk, provider):
    desk.conduct(handle="number")

    assert file_one(provider, document(XZJR=access(SITE, 7, "wrong"))) == [("3", SITE, ["1018"])]


@pytest.mark.parametrize(
    ("kind", "operation"), [("XZBA", "1"), ("XZWZ", "2"), ("BGBA", "4"), ("HSJG", "1"), ("WBACLJG", "4")]
)
def test_an_operation_that_is_not_offered_is_refused(provider, kind, operation):
    assert file_one(provider, document(**{kind: "<a/>"})) == [(operation, None, ["5011"])]


def test_material_is_stored_with_success(desk, provider):
    assert file_one(provider, document(XZHYD=attachment(SITE))) == [("35", SITE, ["1060"])]
    assert desk.reports()[0]["stage"] == "stored"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (attachment("宁ICP备99999999号-1"), [("35", "宁ICP备99999999号-1", ["1059"])]),
        (attachment(SITE, format_=9), [("35", SITE, ["1056"])]),
        (attachment(SITE, purpose=9), [("35", SITE, ["1057"])]),
    ],
)
def test_material_is_checked_like_an_attachment(provider, content, codes):
    assert file_one(provider, document(XZHYD=content)) == codes


# --- cancellations ---------------------------------------------------------------------------------


def accesses(desk, number):
    return {row["isp_id"]: row["access_id"] for row in desk.filings(number=number)[0]["sites"][0]["accesses"]}


SHARED, SHARED_PASSWORD = "京ICP备00000093号", "Bj000093"
SINGLE = "京ICP备00000092号"


def test_a_valid_cancellation_waits_for_a_person(desk, provider):
    jrid = accesses(desk, SHARED)[OURS]

    assert file_one(provider, document(ZXBA=cancellation(jrid, password=SHARED_PASSWORD))) == []
    assert (desk.reports()[0]["kind"], desk.reports()[0]["stage"]) == ("cancellation", "waiting")


def test_the_last_access_of_a_site_is_not_cancelled(desk, provider):
    jrid = accesses(desk, SINGLE)[OURS]

    assert file_one(provider, document(ZXBA=cancellation(jrid))) == [("5", str(jrid), ["1025"])]


def test_an_access_of_another_provider_is_not_cancelled(desk, provider):
    jrid = accesses(desk, SHARED)[100002]

    assert file_one(provider, document(ZXBA=cancellation(jrid))) == [("5", str(jrid), ["1047"])]


def test_a_cancellation_is_accepted_once_while_it_waits(desk, provider):
    jrid = accesses(desk, SHARED)[OURS]
    provider.upload(document(ZXBA=cancellation(jrid)), 1)
    twice = file_one(provider, document(ZXBA=cancellation(jrid)), 2)
    desk.decide("1", "turn_down")
    verdicts(provider)

    assert twice == [("5", str(jrid), ["1032"])]
    assert file_one(provider, document(ZXBA=cancellation(jrid)), 3) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"reason": 4}, "1026"), ({"password": "wrong"}, "1018"), ({"level": 0}, "5011"), ({"level": 1}, "5011")],
)
def test_a_wrong_cancellation_is_refused_with_the_matching_code(desk, provider, changed, code):
    jrid = accesses(desk, SHARED)[OURS]

    assert [codes for *_rest, codes in file_one(provider, document(ZXBA=cancellation(jrid, **changed)))] == [[code]]


def test_a_missing_access_is_not_cancelled(desk, provider):
    assert file_one(provider, document(ZXBA=cancellation(12345))) == [("5", "12345", ["1016"])]


# --- with the ministry's own schema ----------------------------------------------------------------


@schemas.needed
def test_with_the_ministrys_schemas_a_file_is_validated(tmp_path):
    running = start_simulator(tmp_path, MIIT_XSD_DIR=str(schemas.FOLDER))
    try:
        provider, site = Provider(running.url), "京ICP备00000090号-1"
        fine = access(site, 7, "Bj000090", attachments=attachment(site))
        long = access(
            site, 8, "Bj000090", attachments=attachment(site).replace("</Fjxx>", f"<Bz>{'x' * 257}</Bz></Fjxx>")
        )

        assert file_one(provider, document(XZJR=fine)) == []
        assert [codes for *_rest, codes in file_one(provider, document(XZJR=long), 2)] == [["5001"]]
    finally:
        running.stop()
