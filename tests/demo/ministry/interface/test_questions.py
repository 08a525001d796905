"""Queries that change nothing: filing status, filing password, confirmed phones."""

import pytest
import requests

from tests.demo.ministry.conftest import ADMINISTRATOR, DOMAIN, LEAD, NUMBER, PASSWORD, SITE
from tests.demo.ministry.provider import PASSWORD as ACCOUNT_PASSWORD
from tests.demo.ministry.provider import USER, access, code, document

CERTIFICATE = "91649999000000019L"


def status(provider, kind, condition):
    root = provider.ask("isp_querybeianstatus", queryConditionType=kind, queryCondition=condition)
    info = root.find("StatusInfo")
    return code(root), None if info is None else {part.tag: part.text for part in info}


@pytest.mark.parametrize("domain", [DOMAIN, DOMAIN.upper()])
def test_a_domain_on_record_is_answered_with_both_numbers_and_the_name(provider, domain):
    assert status(provider, 0, domain) == (
        0,
        {"Cxtjlx": "0", "Cxtj": domain, "Wzmc": "示例纸业官网", "Ztbah": NUMBER, "Wzbah": SITE, "Bazt": "0"},
    )


@pytest.mark.parametrize("number", [CERTIFICATE, CERTIFICATE.lower()])
def test_a_certificate_on_record_is_answered_with_the_subjects_number_only(provider, number):
    assert status(provider, 1, number) == (0, {"Cxtjlx": "1", "Cxtj": number, "Ztbah": NUMBER, "Bazt": "0"})


@pytest.mark.parametrize(
    ("kind", "condition"),
    [(0, "nobody.example"), (0, "www.example.com"), (2, CERTIFICATE), (1, "91649999000000018X"), (11, "H12345")],
)
def test_what_is_not_on_record_is_answered_as_such(provider, kind, condition):
    assert status(provider, kind, condition) == (0, {"Cxtjlx": str(kind), "Cxtj": condition, "Bazt": "1"})


@pytest.mark.parametrize(
    ("kind", "condition", "returned"),
    [(0, "abc", 999), (0, "a.cn", 0), (0, "a" * 255, 0), (0, "a" * 256, 999), (12, "abcd", 999), ("", "abcd", 999)],
)
def test_a_query_has_a_valid_kind_and_length(provider, kind, condition, returned):
    assert status(provider, kind, condition)[0] == returned


def test_a_report_under_review_is_not_part_of_the_status(desk, provider):
    provider.upload(document(XZJR=access("京ICP备00000090号-1", 7, "Bj000090")), 1)

    assert status(provider, 0, "nobody.example")[1]["Bazt"] == "1"
    assert status(provider, 0, "elsewhere-sample.cn")[1]["Bazt"] == "0"


@pytest.mark.parametrize(
    ("number", "password", "answer"),
    [
        (NUMBER, PASSWORD, "0"),
        (NUMBER, PASSWORD.upper(), "1"),
        (NUMBER, "", "1"),
        (NUMBER, f" {PASSWORD}", "1"),
        (SITE, PASSWORD, "1"),  # a site has no password
        ("宁ICP备99999999号", PASSWORD, "1"),
    ],
)
def test_the_password_of_a_subject_is_right_or_wrong(provider, number, password, answer):
    assert provider.verify(number, password) == (0, answer)


def test_after_five_wrong_passwords_in_an_hour_even_the_right_one_is_not_checked(desk, provider):
    wrongs = [provider.verify(NUMBER, "wrong") for _ in range(5)]
    locked = provider.verify(NUMBER, PASSWORD)
    other = provider.verify("京ICP备00000090号", "Bj000090")
    desk.advance(3600)

    assert wrongs == [(0, "1")] * 5
    assert (locked, other) == ((22, None), (0, "0"))
    assert provider.verify(NUMBER, PASSWORD) == (0, "0")


def test_right_passwords_are_not_counted(provider):
    answers = {provider.verify(NUMBER, PASSWORD) for _ in range(7)}

    assert answers == {(0, "0")}


def test_the_limit_and_its_window_can_be_set_and_are_in_the_words(desk, provider):
    desk.conduct(wrong_passwords=1, wrong_window=60)
    provider.verify(NUMBER, "wrong")
    locked = provider.ask("isp_verifybamm", baxh=NUMBER, bamm=PASSWORD)
    desk.advance(60)

    assert (code(locked), locked.findtext("msg")) == (22, "备案密码校验次数超限：超过1次，请稍后再试")
    assert provider.verify(NUMBER, PASSWORD) == (0, "0")


# --- the extension for phones --------------------------------------------------------------------------


def phones(simulator, own_id=7, *, isp=100001, auth=(USER, ACCOUNT_PASSWORD)):
    return requests.get(f"{simulator.url}/phones/{isp}/{own_id}".replace("/?", "?"), auth=auth, timeout=10)


def test_phones_are_reported_masked_with_their_progress(simulator, desk, provider):
    desk.set_province("64", asks_phones=True)
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    lead = next(row for row in desk.texts() if row["role"] == "subject_lead")
    desk.enter(LEAD["mobile"], "140009", lead["code"])
    desk.enter(ADMINISTRATOR["mobile"], "06000X", "")

    rows = phones(simulator).json()["phones"]

    assert [(row["role"], row["mobile_masked"], row["confirmed_at"] is None, row["wrong"]) for row in rows] == [
        ("subject_lead", "139****0001", False, 0),
        ("administrator", "139****0002", True, 1),
    ]
    assert rows[0]["sent_at"].startswith("20")
    assert LEAD["mobile"] not in phones(simulator).text


def test_no_phones_are_reported_where_nobody_must_confirm(simulator, desk, provider):
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    assert (phones(simulator).status_code, phones(simulator).json()) == (200, {"phones": []})


@pytest.mark.parametrize(
    ("changed", "status_code"),
    [
        ({}, 200),
        ({"own_id": 8}, 404),
        ({"isp": 100002}, 401),
        ({"auth": None}, 401),
        ({"auth": (USER, "wrong")}, 401),
        ({"auth": ("somebody", ACCOUNT_PASSWORD)}, 401),
    ],
)
def test_phones_are_reported_only_to_the_provider_of_the_report(simulator, desk, provider, changed, status_code):
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    assert phones(simulator, **changed).status_code == status_code


def test_phones_of_several_reports_are_answered_together_without_unknown_ones(simulator, desk, provider):
    desk.set_province("64", asks_phones=True)
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    together = phones(simulator, "?reports=7,8").json()

    assert together == {"reports": {"7": phones(simulator).json()}}
    assert len(together["reports"]["7"]["phones"]) == 2


@pytest.mark.parametrize(
    ("asked", "auth", "status_code"),
    [
        ("?reports=7", None, 401),
        ("?reports=", (USER, ACCOUNT_PASSWORD), 400),
        ("?reports=seven", (USER, ACCOUNT_PASSWORD), 400),
        (f"?reports={','.join(map(str, range(101)))}", (USER, ACCOUNT_PASSWORD), 400),
    ],
)
def test_queries_about_several_reports_need_the_provider_and_have_a_limit(simulator, desk, asked, auth, status_code):
    assert phones(simulator, asked, auth=auth).status_code == status_code
