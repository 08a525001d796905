"""Every processing code says what to do, whose fault it is, and opens what it names."""

import pytest

from icpportal.gateways.miit.processing import (
    CODES,
    EVERYTHING,
    UNKNOWN,
    Fault,
    code_of,
    judge,
    opened_by,
    plain_words,
)
from tests.icpportal.gateways.miit.schemas import published_codes

OURS = [str(code) for code in (*range(1001, 1069), 1999, *range(5001, 5012), 5999)]
PARTS = {"subject", "website", "administrator", "paper", "filing_password", "service_code"}
A, P, N, S = Fault.APPLICANT, Fault.PROVIDER, Fault.NEITHER, Fault.SUCCESS


def test_every_code_of_the_interface_has_a_row_and_no_other():
    assert sorted(CODES) == sorted(OURS)


@pytest.mark.parametrize("table", ["icp", "general"])
def test_every_code_that_was_published_has_a_row(table):
    published = published_codes()["return_codes"][table]

    assert set(published) <= set(CODES)


@pytest.mark.parametrize("table", ["ip", "domain"])
def test_the_codes_of_other_reports_are_known_by_their_range(table):
    published = published_codes()["return_codes"][table]
    rows = [code_of(code) for code in published]

    assert {row.fault for row in rows} == {P}
    assert UNKNOWN not in rows


@pytest.mark.parametrize("code", OURS)
def test_every_row_speaks_both_languages_and_opens_parts_that_exist(code):
    row = CODES[code]

    assert (row.zh.strip(), row.en.strip()) == (row.zh, row.en)
    assert row.en.isascii()
    assert any("\u4e00" <= char <= "\u9fff" for char in row.zh)
    assert set(row.opens) <= PARTS


@pytest.mark.parametrize("code", [code for code in OURS if CODES[code].fault == A and code != "1025"])
def test_what_is_the_applicants_to_mend_can_be_mended(code):
    assert CODES[code].opens


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (S, "1001 1060 1062"),
        (A, "1002 1005 1016 1018 1020 1024 1041 1059 1064 1065 5010"),
        (P, "1006 1029 1035 1036 1038 1040 1045 1047 1056 1057 1061 1063 1999 5001 5003 5004 5008 5009 5011"),
        (N, "1017 1042 1043 1051 1052 5999"),
        (P, "2001 2998 3001 3998 9999 abc 6001"),
    ],
)
def test_whose_fault_a_code_is(fault, codes):
    assert {code: code_of(code).fault for code in codes.split()} == dict.fromkeys(codes.split(), fault)


def test_a_wrong_filing_password_opens_nothing_else():
    assert opened_by("1018") == ("filing_password",)


def test_several_codes_open_their_parts_together():
    assert opened_by("1018 1041") == ("filing_password", "website")
    assert plain_words("1018 1041") == {
        "zh": "备案密码不对，重新验证备案密码；首页地址与域名不符，请修改",
        "en": "The filing password is not right: verify it again; The home page does not fit the domain: change it",
    }


@pytest.mark.parametrize("codes", ["", "1002", "8888"])
def test_where_no_part_is_named_everything_is_open(codes):
    assert opened_by(codes) == EVERYTHING


@pytest.mark.parametrize(
    ("codes", "fault", "counted"),
    [
        (["1018", "1041", "1062"], A, ("1018", "1041")),
        (["1017", "1018"], A, ("1018",)),
        (["1001", "5003", "1018"], P, ("5003",)),
        (["1017", "1062"], N, ("1017",)),
        (["1001", "1062"], S, ("1001", "1062")),
        (["1018", "1018"], A, ("1018",)),
        (["1002", "1018", "1041"], A, ("1018", "1041")),
        (["1002", "1017"], A, ("1002",)),
    ],
)
def test_the_gravest_fault_decides(codes, fault, counted):
    assert (judge(codes).fault, judge(codes).codes) == (fault, counted)
