"""The texts of the rules for an applicant, in both languages."""

import pytest
from django.utils.translation import override

from filings.provinces import province, provinces
from filings.provinces.answers import LEGAL_NAME_WORDS, NOT_STATED
from filings.provinces.choices import INDIVIDUAL, ORGANISATION
from filings.provinces.rule_lines import IN_BRIEF, LINES, SECTIONS, rules_in_brief, sections
from filings.provinces.rule_texts import must_equal
from filings.provinces.types import RULES
from icpportal.fields.language_marks import has_han

PROFILES = ("seed-2018", "current-2020")
# these quote words of site names or a document's Chinese name, marked as Chinese on pages
QUOTING = {"banned_words", "name_forms"}


def texts_of(code: str, rule: str, profile: str = "seed-2018") -> list[tuple[str, str]]:
    """A rule as on the page: reader and sentence."""
    found = [line for _title, lines in sections(province(code, profile)) for line in lines if line.rule == rule]
    return [(str(reader), text) for line in found for reader, text in line.texts]


@pytest.fixture
def english():
    with override("en"):
        yield


@pytest.fixture
def chinese():
    with override("zh-hans"):
        yield


# --- every rule has its line ---------------------------------------------------------------------

# rules without a line: they are part of another rule's sentence
FOLDED = {"legal_name_words": "lead_rule", "mobile_explained_by": "local_mobile", "student_card": "outsider_rule"}


def test_every_rule_has_a_text_and_no_line_is_without_a_rule():
    assert {line.rule for line in LINES} | set(FOLDED) == set(RULES)
    assert {line.rule for line in LINES} & set(FOLDED) == set()
    assert set(FOLDED.values()) <= {line.rule for line in LINES}
    assert {line.section for line in LINES} == set(SECTIONS)
    assert set(IN_BRIEF) <= {line.rule for line in LINES}


def test_every_sentence_of_every_province_is_complete_in_both_languages():
    for language, end in (("en", "."), ("zh-hans", "。")):
        with override(language):
            for profile in PROFILES:
                for each in provinces(profile):
                    for _title, lines in sections(each):
                        for line in lines:
                            for _reader, text in line.texts:
                                assert text.endswith(end), (each.code, line.rule, text)
                                assert "%(" not in text, (each.code, line.rule, text)


def test_english_sentences_contain_no_chinese_except_quoted_words(english):
    for profile in PROFILES:
        for each in provinces(profile):
            for _title, lines in sections(each):
                for line in lines:
                    text = "".join(text for _reader, text in line.texts)
                    assert not has_han(text) or line.rule in QUOTING, (each.code, line.rule, text)


def test_chinese_sentences_are_chinese(chinese):
    for profile in PROFILES:
        for each in provinces(profile):
            for _title, lines in sections(each):
                for line in lines:
                    assert has_han(str(line.label)), line.rule
                    assert all(has_han(text) for _reader, text in line.texts), (each.code, line.rule)


def test_notes_exist_in_both_languages():
    for profile in PROFILES:
        for each in provinces(profile):
            for note in each.notes:
                with override("en"):
                    english = str(note.text)
                with override("zh-hans"):
                    assert has_han(str(note.text)), (each.code, english)
                    assert str(note.text) != english


def test_every_legal_word_has_its_english():
    assert set(province("21").legal_name_words) == set(LEGAL_NAME_WORDS)


# --- some sentences ------------------------------------------------------------------------------


def test_tianjin_verifies_the_mobiles_of_both_people_within_48_hours(english):
    assert texts_of("12", "phones") == [
        (
            "Organisations",
            "The ministry texts a code to the subject lead and one to the website administrator, to be entered on its "
            "site within 48 hours. One mobile for both: one code.",
        ),
        ("Individuals", "The ministry texts you a code. Enter it on its site within 48 hours."),
    ]


def test_since_2020_tianjin_verifies_the_administrator_within_24_hours(english):
    assert texts_of("12", "phones", "current-2020") == [
        (
            "Organisations",
            "The ministry texts the website administrator a code, to be entered on its site within 24 hours.",
        ),
        ("Individuals", "The ministry texts you a code. Enter it on its site within 24 hours."),
    ]


def test_guangdong_asks_for_no_phones(english):
    assert texts_of("44", "phones") == [("", "Not required here.")]


def test_the_rule_on_phones_is_shown_in_chinese(chinese):
    assert texts_of("44", "phones") == [("", "本省不要求。")]
    assert texts_of("12", "phones")[1] == ("个人", "工信部向您发送验证码，须在 48 小时内到其网站填写。")


def test_shanghai_takes_the_photo_by_app_and_others_before_a_backdrop(english):
    assert texts_of("31", "photo_ways") == [("", "Taken with the Shanghai authority's app, after our review.")]
    assert texts_of("44", "photo_ways") == [
        ("", "Taken in front of our backdrop or at a designated place, after our review.")
    ]


def test_what_must_equal_is_listed_by_reader(english):
    assert texts_of("64", "must_match_organisation") == [
        (
            "",
            "Name of the subject, document number, website administrator. Addresses only need to meet "
            "the current rules.",
        )
    ]
    assert texts_of("35", "must_match_individual") == [
        ("", "Name of the subject, document number, address on the document.")
    ]
    assert texts_of("43", "must_match_organisation") == [("", "Everything, addresses included.")]
    assert texts_of("44", "must_match_individual") == [
        ("", "Nothing: your details only need to meet the current rules.")
    ]
    assert texts_of("11", "must_match_organisation") == [
        ("", "The authority's page does not say. Enter everything as in your existing filing.")
    ]


def test_what_must_equal_as_a_list_for_the_steps():
    with override("zh-hans"):
        assert must_equal(province("64"), "enterprise") == "主体名称、证件号码、网站负责人"
    with override("en"):
        assert must_equal(province("64"), "enterprise") == "name of the subject, document number, website administrator"
        assert must_equal(province("44"), "enterprise") == ""
        assert must_equal(province("11"), "enterprise") == ""


def test_liaoning_s_condition_names_the_words():
    with override("en"):
        assert texts_of("21", "lead_rule")[0] == (
            "Organisations",
            "Must be the legal representative when the name speaks of investment management, guarantees, pawn, loans "
            "or wealth management.",
        )
    with override("zh-hans"):
        assert texts_of("21", "lead_rule")[0] == (
            "单位",
            "单位名称含投资管理、担保、典当、贷款或理财的，须为法定代表人。",
        )


def test_ages_name_the_people_only_where_they_differ(english):
    assert texts_of("15", "ages") == [("", "18 or older.")]
    assert texts_of("41", "ages") == [
        ("Organisations", "18 or older."),
        ("Individuals", "Under 18: with a guardian's ID card."),
    ]
    assert texts_of("12", "ages", "current-2020") == [
        (
            "Organisations",
            "Subject lead: 16 or older. Under 18: with proof of work or income. Website administrator: 18 or older.",
        ),
        ("Individuals", "18 or older."),
    ]
    assert texts_of("14", "ages") == []


def test_the_rule_on_mobiles_speaks_to_organisations_and_individuals_apart(english):
    assert texts_of("12", "local_mobile") == [
        ("Organisations", "May be of any province."),
        ("Individuals", "Mobiles of this province."),
    ]
    assert texts_of("61", "local_mobile") == [
        ("Organisations", "Mobiles of this province, or the reason in the remarks."),
        ("Individuals", "Mobiles of this province."),
    ]
    assert texts_of("44", "local_mobile") == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("32", [("", "For each domain of the order. Get it from your domain's registrar.")]),
        ("52", [("", "When the order has 4 or more domains.")]),
        ("61", [("", "When the subject has 5 or more domains.")]),
        ("44", [("", "Not required here.")]),
        (
            "15",
            [
                ("Organisations", "Not required here."),
                ("Individuals", "For each domain that the order adds. Get it from your domain's registrar."),
            ],
        ),
    ],
)
def test_the_rule_on_the_domain_certificate_says_who_needs_one(english, code, text):
    assert texts_of(code, "domain_certificate") == text


def test_the_rule_on_the_statement_says_who_signs_and_how(english):
    assert texts_of("65", "statement") == [
        (
            "Organisations",
            "Signed by the website administrator, with the organisation's seal. List all domains on one statement.",
        ),
        ("Individuals", "Signed by the person who files. Add a fingerprint. List all domains on one statement."),
    ]


def test_the_rule_on_the_commitment_says_when_it_is_needed(english):
    assert texts_of("34", "commitment") == [("", "With documents sent by phone app.")]
    assert texts_of("50", "commitment")[1] == (
        "Individuals",
        "With documents sent by phone app. For an individual with more than 5 sites, one for each.",
    )
    assert texts_of("50", "commitment")[0] == ("Organisations", "With documents sent by phone app.")
    assert texts_of("32", "commitment", "current-2020") == [("", "Always.")]
    assert texts_of("12", "commitment") == []


def test_banned_words_apply_to_individuals_only(english):
    assert texts_of("42", "banned_words") == [
        ("Individuals", "Not with 官网, 行业, 电商, 企业, 学院, 论坛, 商城 or 团购.")
    ]
    assert texts_of("32", "name_forms") == [("Individuals", "Only in the form 某某的个人博客 or 某某的个人主页.")]


# --- in brief ------------------------------------------------------------------------------------


def test_the_brief_rules_of_tianjin_show_what_concerns_an_organisation(english):
    brief = rules_in_brief(province("12"), "enterprise")

    assert [label for label, _text in brief] == [
        "Must match the existing filing",
        "Phone verification",
        "Filing password",
        "Subject lead",
        "Website administrator",
        "Age",
        "Mobiles",
        "Domain certificate",
        "How documents are sent",
        "Photo of the website administrator",
        "The authority's review",
    ]
    assert (
        dict(brief)["Website administrator"]
        == "Must be a different person from the subject lead, with a different mobile number."
    )
    assert dict(brief)["The authority's review"] == "3 to 20 working days."


def test_the_summary_leaves_out_what_nobody_stated(english):
    labels = [label for label, _text in rules_in_brief(province("45"), "enterprise")]

    assert "Subject lead" not in labels
    assert "Website administrator" not in labels


def test_the_summary_is_plain_text_without_chinese_on_an_english_page(english):
    for profile in PROFILES:
        for each in provinces(profile):
            for nature in (ORGANISATION, INDIVIDUAL):
                for label, text in rules_in_brief(each, nature):
                    assert type(label) is str
                    assert type(text) is str
                    assert text
                    assert text != str(NOT_STATED)
                    assert not has_han(label + text), (each.code, label, text)


def test_the_summary_follows_the_language_of_the_page(chinese):
    brief = rules_in_brief(province("44"), "individual")

    assert brief[0] == ("须与原备案一致", "没有，填写内容符合现行规则即可。")
    assert ("短信核验", "本省不要求。") in brief
