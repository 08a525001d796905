import json
from pathlib import Path

import pytest
from django.utils.translation import override

from filings.register.certificates import (
    CERTIFICATES,
    NATURES,
    Shape,
    certificate,
    certificates_of,
    certificates_of_people,
    code,
    fits,
    nature,
    nature_label,
    type_label,
)

# DWXZ and ZJLX from the ministry's interface: number of the nature or document, its name, its owner
MINISTRY = json.loads((Path(__file__).parent / "ministry_tables.json").read_text("utf-8"))


def test_every_nature_of_the_ministry_is_known_by_its_number():
    assert {each.code: each.name_zh for each in NATURES.values()} == {row["id"]: row["zh"] for row in MINISTRY["dwxz"]}


def test_every_document_of_the_ministry_is_known_with_its_nature():
    keys = {each.code: each.key for each in NATURES.values()}

    assert {each.code: (each.name_zh, each.nature) for each in CERTIFICATES.values()} == {
        row["id"]: (row["zh"].removesuffix("（个人或企业）"), keys.get(row["dwxz"], "")) for row in MINISTRY["zjlx"]
    }


def test_the_first_six_natures_are_the_most_common_ones():
    assert list(NATURES)[:6] == [
        "individual",
        "enterprise",
        "public_institution",
        "social_organisation",
        "government",
        "defence",
    ]


def test_each_nature_has_a_document_to_choose():
    assert [key for key in NATURES if not certificates_of(key)] == []


def test_people_choose_among_the_documents_for_people():
    assert sorted(each.code for each in certificates_of_people()) == sorted(MINISTRY["personal_contact_zjlx"])
    assert certificates_of_people()[0].name_zh == "居民身份证"


@pytest.mark.parametrize(
    ("nature_key", "document", "answer"),
    [
        ("enterprise", "1", True),
        ("enterprise", 1, True),
        ("individual", "2", True),
        ("individual", "1", False),
        ("enterprise", "2", False),
        ("individual", "8", False),
        ("", "49", False),
        ("overseas_body", "46", True),  # the ministry's table names no nature: that of the filing counts
        ("individual", "46", False),
        ("nobody", "46", False),
        ("enterprise", "", False),
        ("enterprise", "1 or 1=1", False),
        ("nobody", "1", False),
    ],
)
def test_a_document_matches_its_own_nature_or_none_and_is_still_issued(nature_key, document, answer):
    assert fits(nature_key, document) is answer


def test_a_form_s_answer_finds_its_document():
    found = certificate("30")

    assert (found.code, found.key, found.shape) == (30, "30", Shape.PERMANENT_RESIDENT)
    assert [certificate(wrong) for wrong in ("999", "", "abc", "²", "-1", "１")] == [None] * 6
    assert code("1") == 1


def test_an_officer_card_is_known_but_no_longer_offered():
    assert type_label("8") == type_label(8)
    assert 8 not in {each.code for each in certificates_of("individual")}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_label_exists_in_both_languages(language):
    with override(language):
        labels = [str(each.label) for each in (*NATURES.values(), *CERTIFICATES.values())]

    assert [label for label in labels if any(char >= "\u4e00" for char in label) != (language == "zh-hans")] == []


def test_the_chinese_label_is_the_ministry_s_name():
    with override("zh-hans"):
        wrong = [
            each.name_zh for each in (*NATURES.values(), *CERTIFICATES.values()) if str(each.label) != each.name_zh
        ]

    assert wrong == []


def test_an_unknown_key_is_shown_unchanged():
    assert (nature("pirate"), nature_label("pirate"), type_label("777")) == (None, "pirate", "777")
