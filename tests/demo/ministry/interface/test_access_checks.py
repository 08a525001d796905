"""Who may call, and when: each check with calls that pass and fail it, and their order."""

import base64
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.demo.ministry.conftest import PASSWORD, SITE
from tests.demo.ministry.provider import access, code, document, encrypt, md5, zip_of

XML = document(XZJR=access(SITE, 7, PASSWORD))
BODY = zip_of(beianinfo1__xml=XML)
BOTH = zip_of(a__xml=XML, b__xml=XML)


def pack(body, digest=""):
    return {"beianInfo": base64.b64encode(encrypt(body)).decode(), "beianInfoHash": digest or md5(body)}


def with_salt(length):
    salt = "a" * length
    return {"randVal": salt, "pwdHash": md5(("demo-only-password" + salt).encode())}


@pytest.mark.parametrize(
    ("changed", "returned"),
    [
        ({"userName": "somebody"}, 4),
        ({"userName": ""}, 4),
        ({"ispId": 100002}, 13),  # a provider known to this authority
        ({"ispId": 999999}, 12),
        ({"ispId": "x"}, 12),
        (with_salt(19), 16),
        (with_salt(20), 2),
        (with_salt(40), 2),
        ({"hashAlgorithm": 1}, 10),
        ({"hashAlgorithm": ""}, 10),
        ({"pwdHash": md5(b"something else")}, 5),
        ({"pwdHash": ""}, 5),
        ({}, 2),
    ],
)
def test_a_call_is_admitted_or_refused_by_its_credentials(provider, changed, returned):
    assert code(provider.ask("isp_download", **changed)) == returned


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("isp_downloadack", {"fileName": "x"}),
        ("isp_querypreviousupload", {}),
        ("isp_querybeianstatus", {"queryConditionType": 0, "queryCondition": "example.com"}),
        ("isp_verifybamm", {"baxh": "x", "bamm": "y"}),
    ],
)
def test_every_method_asks_for_the_same_credentials(provider, operation, more):
    wrong = provider.ask(operation, pwdHash=md5(b"something else"), **more)

    assert (code(wrong), len(wrong)) == (5, 2)  # and nothing else is disclosed


# in the order of the checks: each case fails its check and all later ones
ORDER = [
    ({"userName": "somebody"}, 4),
    ({"ispId": 999999}, 12),
    (with_salt(19), 16),
    ({"hashAlgorithm": 7}, 10),
    ({"pwdHash": md5(b"something else")}, 5),
    ({"encryptAlgorithm": 2}, 9),
    ({"compressionFormat": 1}, 11),
    ({"beianInfo": "***"}, 6),
    ({"beianInfoHash": md5(b"another")}, 7),
    ({"body": b"no zip"}, 8),
    ({"dataSequence": 5}, 14),
]


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_the_checks_of_an_upload_have_a_fixed_order(provider, first):
    wrong: dict = {}
    for changed, _returned in reversed(ORDER[first:]):
        wrong |= changed

    assert provider.uploaded(XML, 1, **wrong) == ORDER[first][1]


def test_permission_hours_and_pending_come_after_the_password_and_before_the_file(desk, provider):
    bad_file = {"encryptAlgorithm": 2}
    desk.conduct(permitted=False, opens="00:00", closes="00:00")
    refused = [provider.uploaded(XML, 1, pwdHash="x", **bad_file), provider.uploaded(XML, 1, **bad_file)]
    desk.conduct(permitted=True)

    assert refused == [5, 19]
    assert provider.uploaded(XML, 1, **bad_file) == 20


def test_maintenance_comes_before_everything_with_a_code_for_each_direction(desk, provider):
    desk.fault("all", "maintenance")
    closed = provider.uploaded(XML, 1, userName="somebody"), provider.download()
    desk.lift_faults()

    assert closed == (901, 902)
    assert (provider.uploaded(XML, 1), code(provider.ask("isp_querypreviousupload"))) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "returned"),
    [
        ({"body": b"PK no zip at all"}, 8),
        ({"body": zip_of()}, 17),
        ({"body": BOTH}, 17),
        ({"big": 50 * 1024 * 1024 + 1}, 18),
        ({"big": 50 * 1024 * 1024}, 0),
        ({**pack(BODY), "beianInfo": base64.b64encode(BODY).decode()}, 6),  # marked as encrypted, but is not
        ({**pack(BODY), "encryptAlgorithm": 0}, 7),  # marked as plain, but is encrypted
        ({**pack(BODY), "beianInfoHash": md5(encrypt(BODY))}, 7),  # of the wrong bytes
        ({**pack(BODY), "beianInfo": "\n".join(pack(BODY)["beianInfo"][at : at + 76] for at in range(0, 9999, 76))},
         0),
        ({}, 0),
        ({"plain": True}, 0),
    ],
)  # fmt: skip
def test_a_file_is_accepted_or_refused_by_its_envelope(provider, changed, returned):
    blanks = changed.get("big", 0)
    changed = {"body": zip_of(big__xml=b" " * blanks)} if blanks else changed

    assert provider.uploaded(XML, 1, **changed) == returned
    assert provider.uploaded(XML, 1) == (14 if returned == 0 else 0)  # only an accepted file was stored


def test_a_truncated_zip_is_not_unzipped(provider):
    assert provider.uploaded(XML, 1, body=BODY[: len(BODY) // 2]) == 8


def put_clock_to(desk, hour, minute):
    """Sets the authority's clock to this minute in Beijing."""
    there = datetime.fromisoformat(desk.status()["now"]).astimezone(ZoneInfo("Asia/Shanghai"))
    wanted = there.replace(hour=hour, minute=minute, second=5)
    desk.advance(int((wanted - there).total_seconds()) % 86400)


@pytest.mark.parametrize(
    ("opens", "closes", "clock", "returned"),
    [
        ("", "", (3, 0), 0),
        ("08:00", "20:00", (7, 59), 20),
        ("08:00", "20:00", (8, 0), 0),
        ("08:00", "20:00", (19, 59), 0),
        ("08:00", "20:00", (20, 0), 20),
        ("22:00", "06:00", (21, 59), 20),  # over midnight
        ("22:00", "06:00", (22, 0), 0),
        ("22:00", "06:00", (5, 59), 0),
        ("22:00", "06:00", (6, 0), 20),
    ],
)
def test_reports_are_accepted_only_during_the_hours(desk, provider, opens, closes, clock, returned):
    desk.conduct(opens=opens, closes=closes)
    put_clock_to(desk, *clock)

    assert provider.uploaded(XML, 1) == returned


def test_the_words_of_code_20_name_the_hours(desk, provider):
    desk.conduct(opens="03:00", closes="03:00")

    assert provider.upload(XML, 1).findtext("msg") == "不在允许的报备时段：每日03:00至03:00"


def test_too_many_unprocessed_files_are_refused_until_processing_resumes(desk, provider):
    desk.conduct(pending_limit=2, processing=False)
    held = [provider.uploaded(XML, number) for number in (1, 2, 3)]
    desk.conduct(processing=True)

    assert held == [0, 0, 15]
    assert provider.uploaded(XML, 3) == 0


def test_hours_do_not_close_the_other_methods(desk, provider):
    desk.conduct(opens="00:00", closes="00:00", permitted=False)

    assert provider.download() == 2
