"""Every processing code has advice, a responsible party, and the parts that it opens."""

import re

import pytest

from icpportal.gateways.miit.codes.processing_codes import (
    CODES,
    EVERYTHING,
    UNKNOWN,
    Fault,
    applicants_codes,
    code_of,
    in_review,
    is_of_phones,
    judge,
    opened_by,
    plain_words,
)
from icpportal.gateways.miit.types import ReportKind
from tests.icpportal.gateways.miit.schemas import listed_codes

LISTED = [code for group, rows in listed_codes().items() if group != "method" for code in rows]
HAN = re.compile("[\u4e00-\u9fff]")
A, P, N, S, G = Fault.APPLICANT, Fault.PROVIDER, Fault.NEITHER, Fault.SUCCESS, Fault.GONE
# a new access has only these: the pages are printed on the statement
IN_THE_REPORT = {"1002": set(EVERYTHING), "1008": {"paper"}, "1018": {"filing_password"}, "1055": {"paper.statement"}}
ENDING = ReportKind.CANCELLATION
REVIEWED = "1017 1027 1030 1042 1043 1051 1052"


def test_every_code_of_the_interface_has_a_row_and_no_other_code_has():
    """178 rows, each with its own words."""
    assert sorted(CODES) == sorted(LISTED)
    assert len(LISTED) == 178


@pytest.mark.parametrize("kind", list(ReportKind))
def test_every_row_has_texts_in_both_languages(kind):
    rows = {code: code_of(code, kind) for code in LISTED}

    assert {code for code, row in rows.items() if (row.zh.strip(), row.en.strip()) != (row.zh, row.en)} == set()
    assert {code for code, row in rows.items() if not row.en.isascii() or not HAN.search(row.zh)} == set()
    assert UNKNOWN not in rows.values()


def test_a_code_opens_only_parts_that_change_the_next_report():
    """Contact data, names and addresses of the filing are in no access report; the number is the ministry's own."""
    opened = {code: set(row.opens) for code, row in CODES.items() if row.opens}

    assert opened == IN_THE_REPORT
    assert {code for code in CODES if code_of(code, ENDING).opens} == set()


def test_only_the_applicants_codes_open_parts():
    """A picture that we encode again is not the applicant's to replace."""
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
        "1019",
        "1020",
        "1021",
        "1022",
        "1031",
        "1033",
        "1034",
        "1041",
        "1044",
        "1066",
        "1004",
        "1016",
        "1058",
        "1059",
    ],
)
def test_errors_of_the_filing_are_corrected_elsewhere(codes):
    """The owner is told where, and no page of the order is opened."""
    row = code_of(codes)

    assert (row.fault, row.is_settled_elsewhere, opened_by(codes)) == (A, True, ())
    assert "current provider" in row.en
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
def test_the_responsible_party_of_a_code_for_a_new_access(fault, codes):
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
def test_the_responsible_party_of_a_code_for_a_cancellation(fault, codes):
    assert {code: code_of(code, ENDING).fault for code in codes.split()} == dict.fromkeys(codes.split(), fault)


def test_waiting_for_another_decision_differs_from_a_busy_system():
    assert [code for code in CODES if in_review(code)] == REVIEWED.split()
    assert (in_review("5999 1051 1017"), in_review("1032"), in_review("1032", ENDING)) == ("1051", "", "1032")


def test_a_wrong_filing_password_opens_nothing_else():
    assert opened_by("1018") == ("filing_password",)


def test_several_codes_open_all_their_parts():
    assert opened_by("1018 1055 1041") == ("filing_password", "paper.statement")
    assert [code for code, _row in applicants_codes("1018 1041")] == ["1018", "1041"]
    assert plain_words("1018 1055") == {
        "zh": "备案密码不正确，请重新验证备案密码；核验单不属于此备案，请重新打印、签署并上传本订单的核验单",
        "en": "The filing password is wrong: verify it again; "
        "The statement belongs to another filing: print, sign and upload the one of this order",
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
def test_the_most_serious_code_decides(codes, fault, counted):
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
def test_an_access_already_gone_decides_a_cancellation(codes, fault, counted):
    """Whatever other codes there are, there is nothing left to cancel."""
    assert (judge(codes, ENDING).fault, judge(codes, ENDING).codes) == (fault, counted)


FACTS = ("", "1002")  # they only say that it was refused
BLAMING = re.compile(r"not right|mistake|your fault|you have entered|无效操作|您的错误")
OUT_OF_THE_GLOSSARY = re.compile(
    r"present provider|administration|black list|anew|\bis taken|have the filing changed|filing was cancelled"
    "|部里|主办者|撤回|不对"
)


ROWS = {(kind, code): code_of(code, kind) for kind in (ReportKind.ACCESS, ENDING) for code in [*LISTED, "", "8888"]}


@pytest.mark.parametrize("unwanted", [OUT_OF_THE_GLOSSARY, BLAMING])
def test_the_words_of_a_code_follow_the_glossary_and_blame_nobody(unwanted):
    words = {key: unwanted.findall(f"{row.en} {row.zh}") for key, row in ROWS.items()}

    assert {key: found for key, found in words.items() if found} == {}


def test_the_words_say_what_happens_and_what_to_do():
    """A fact, then an action."""
    rows = {key: row for key, row in ROWS.items() if row.fault in (A, N, P)}

    assert {key: row.zh for key, row in rows.items() if not re.search("[请须]|重新上报|重新提交", row.zh)} == {}
    assert {(kind, code): row.en for (kind, code), row in rows.items() if ":" not in row.en and code not in FACTS} == {}


def test_a_refused_cancellation_does_not_refer_to_the_remaining_provider():
    """For a cancellation we are the current provider; 1003 sent the owner to ask there."""
    rows = {code: code_of(code, ENDING) for code in LISTED if code_of(code, ENDING).fault == A}

    assert {code: row.en for code, row in rows.items() if "current provider" in row.en} == {}
    assert {code: row.zh for code, row in rows.items() if "原接入商" in row.zh} == {}


def test_a_refusal_without_a_code_names_what_was_refused():
    """A cancellation read "change it as the authority says", but nothing in it can be changed."""
    assert plain_words("", ENDING) == plain_words("1002", ENDING)
    assert "cancel again" in plain_words("", ENDING)["en"]
    assert plain_words("") == plain_words("1002")


def test_an_answer_about_ip_ranges_or_registries_says_that_we_report_none():
    for code in ("2056", "2999", "3001", "3999"):
        assert code_of(code).en.endswith("We report none: ask the authority")
        assert code_of(code).zh.endswith("请与管局核对")


@pytest.mark.parametrize(
    "words",
    [
        "短信核验未通过：验证码输错超过5次",
        "验证码错误次数过多，请重新提交",
        "未在规定时间内完成短信验证",
        "短信核验失败。请核实后重新提交订单",
        "您好，网站负责人手机号短信核验超时，予以退回",
        "审核未通过：1.短信未核验",
    ],
)
def test_words_without_another_reason_mean_that_phones_were_not_verified(words):
    assert (is_of_phones("1002", words), is_of_phones("", words), is_of_phones("1018 1002", words)) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    "words",
    [
        "",
        "照片不清晰；短信核验未通过",
        "短信核验未通过，请更换照片后重新提交",
        "1、短信核验失败2、核验单未盖章",
        "短信核验失败且照片不清晰",
        "短信核验已通过，网站负责人照片不清晰",
        "已完成短信核验，请更换照片",
        "网站内容涉及短信群发业务，请提交前置审批",
        "网站名称含“短信”字样，与主体不符",
        "核验单未盖章",
    ],
)
def test_a_refusal_with_another_reason_is_not_only_about_phones(words):
    """It was sent again unchanged, refused for the same reason, and its owner read that phones were the problem."""
    assert not is_of_phones("1002", words)
