"""Every processing code says what to do, whose fault it is, and opens what it names."""

import re

import pytest

from icpportal.gateways.miit.processing import (
    CODES,
    EVERYTHING,
    UNKNOWN,
    Fault,
    applicants_codes,
    code_of,
    in_review,
    judge,
    opened_by,
    plain_words,
)
from icpportal.gateways.miit.types import ReportKind
from tests.icpportal.gateways.miit.schemas import listed_codes

LISTED = [code for group, rows in listed_codes().items() if group != "method" for code in rows]
HAN = re.compile("[\u4e00-\u9fff]")
A, P, N, S, G = Fault.APPLICANT, Fault.PROVIDER, Fault.NEITHER, Fault.SUCCESS, Fault.GONE
# a new access carries these alone: the pages are printed on the statement
IN_THE_REPORT = {"1002": set(EVERYTHING), "1008": {"paper"}, "1018": {"filing_password"}, "1055": {"paper"}}
ENDING = ReportKind.CANCELLATION
REVIEWED = "1017 1027 1030 1042 1043 1051 1052"


def test_every_code_of_the_interface_has_a_row_and_no_other():
    """M7: 178 rows, each with words of its own."""
    assert sorted(CODES) == sorted(LISTED)
    assert len(LISTED) == 178


@pytest.mark.parametrize("kind", list(ReportKind))
def test_every_row_speaks_both_languages(kind):
    rows = {code: code_of(code, kind) for code in LISTED}

    assert {code for code, row in rows.items() if (row.zh.strip(), row.en.strip()) != (row.zh, row.en)} == set()
    assert {code for code, row in rows.items() if not row.en.isascii() or not HAN.search(row.zh)} == set()
    assert UNKNOWN not in rows.values()


def test_a_code_opens_only_what_changes_the_next_report():
    """M7: contact data, names and addresses of the filing are in no access report; the number is the ministry's own."""
    opened = {code: set(row.opens) for code, row in CODES.items() if row.opens}

    assert opened == IN_THE_REPORT
    assert {code for code in CODES if code_of(code, ENDING).opens} == set()


def test_only_the_applicants_codes_open_anything():
    """M7: a picture that we encode anew is not the applicant's to replace."""
    assert {code_of(code).fault for code in IN_THE_REPORT} == {A}


@pytest.mark.parametrize(
    "codes",
    [
        "1007",
        "1009",
        "1010",
        "1011",
        "1012",
        "1013",
        "1014",
        "1015",
        "1020",
        "1021",
        "1022",
        "1031",
        "1033",
        "1034",
        "1041",
        "1044",
        "1066",
        "1016",
        "1058",
        "1059",
    ],
)
def test_what_is_wrong_on_the_filing_is_settled_elsewhere(codes):
    """M7: the owner is told where, and no page of the order is opened for it."""
    row = code_of(codes)

    assert (row.fault, row.is_settled_elsewhere, opened_by(codes)) == (A, True, ())
    assert "present provider" in row.en
    assert "原接入商" in row.zh


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (S, "1001 1060 1062 2998 3998"),
        (A, "1002 1003 1008 1016 1018 1020 1041 1049 1050 1055 1058 1059 1064 1065"),
        (P, "1005 1006 1023 1024 1025 1026 1029 1032 1035 1036 1038 1040 1045 1047 1056 1057 1061 1063 1999"),
        (P, "5001 5003 5004 5008 5009 5010 5011 2001 2999 3001 3999 9999 abc 6001"),
        (N, f"{REVIEWED} 5999"),
    ],
)
def test_whose_fault_a_code_is_in_answer_to_a_new_access(fault, codes):
    """M1, M7"""
    assert {code: code_of(code).fault for code in codes.split()} == dict.fromkeys(codes.split(), fault)


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (S, "1001 1060 1062 2998 3998"),
        (G, "1016 1049 1050 1058 1059"),
        (A, "1002 1008 1011 1018 1025 1041 1064"),
        (P, "1005 1024 1026 1029 1035 1038 1047 1048 1055 1056 1063 5001 5010 2001 9999"),
        (N, f"{REVIEWED} 1032 5999"),
    ],
)
def test_whose_fault_a_code_is_in_answer_to_a_cancellation(fault, codes):
    """M4, M7"""
    assert {code: code_of(code, ENDING).fault for code in codes.split()} == dict.fromkeys(codes.split(), fault)


def test_what_waits_for_another_decision_is_told_from_a_busy_system():
    """M5"""
    assert [code for code in CODES if in_review(code)] == REVIEWED.split()
    assert (in_review("5999 1051 1017"), in_review("1032"), in_review("1032", ENDING)) == ("1051", "", "1032")


def test_a_wrong_filing_password_opens_nothing_else():
    assert opened_by("1018") == ("filing_password",)


def test_several_codes_open_their_parts_together():
    assert opened_by("1018 1055 1041") == ("filing_password", "paper")
    assert [code for code, _row in applicants_codes("1018 1041")] == ["1018", "1041"]
    assert plain_words("1018 1055") == {
        "zh": "备案密码不对，重新验证备案密码；核验单不属于此备案，重新上传",
        "en": "The filing password is not right: verify it again; "
        "The statement is another filing's: upload the right one",
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


@pytest.mark.parametrize(
    ("codes", "fault", "counted"),
    [
        (["1002", "1050"], G, ("1050",)),
        (["1018", "1016", "1059"], G, ("1016", "1059")),
        (["1016", "5003"], P, ("5003",)),
        (["1002", "1025"], A, ("1025",)),
    ],
)
def test_what_is_gone_decides_a_cancellation(codes, fault, counted):
    """M4: whatever else is said of it, there is nothing left to cancel."""
    assert (judge(codes, ENDING).fault, judge(codes, ENDING).codes) == (fault, counted)
