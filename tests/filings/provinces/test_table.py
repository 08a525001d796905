"""The facts of the 31 rows, written out once more: who asks what, by the codes of the provinces."""

import re
from dataclasses import FrozenInstanceError

import pytest

from filings.certificates import NATURES
from filings.provinces import PROVINCES, PaperFacts, province, provinces
from filings.provinces.terms import (
    ADMINISTRATOR,
    INDIVIDUAL,
    ORGANISATION,
    PUBLIC_BODIES,
    SUBJECT_LEAD,
    AdminRule,
    Change,
    Extra,
    HolderRule,
    LeadRule,
    LocalMobile,
    MustMatch,
    OutsiderRule,
    kind_of,
)
from filings.provinces.types import RULES

CODES = [
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
]
EVERYONE = set(CODES)
NAME, NUMBER, PEOPLE, ADMIN = MustMatch.NAME, MustMatch.NUMBER, MustMatch.PEOPLE, MustMatch.ADMINISTRATOR


def codes(judge) -> set[str]:
    """The provinces of which something is true, under the default profile."""
    return {each.code for each in provinces("seed-2018") if judge(each)}


def test_there_are_31_provinces_in_the_order_of_their_codes():
    assert list(PROVINCES) == CODES
    assert [each.code for each in provinces()] == CODES


def test_no_two_provinces_share_a_name_or_a_character():
    for unique in ("name_zh", "short_zh", "name_en", "abbreviation", "authority_zh", "authority_en"):
        assert len({getattr(each, unique) for each in PROVINCES.values()}) == 31, unique


def test_the_characters_of_filing_numbers_are_those_of_real_sites():
    assert "".join(each.abbreviation for each in PROVINCES.values()) == (
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕陇青宁新"
    )


def test_shanxi_and_shaanxi_are_two_provinces_and_never_confused():
    shanxi, shaanxi = province("14"), province("61")

    assert (shanxi.name_en, shanxi.name_zh, shanxi.abbreviation, shanxi.region) == ("Shanxi", "山西省", "晋", "north")
    assert (shaanxi.name_en, shaanxi.name_zh, shaanxi.abbreviation, shaanxi.region) == (
        "Shaanxi",
        "陕西省",
        "陕",
        "north_west",
    )
    assert shanxi.authority_zh == "山西省通信管理局"
    assert shaanxi.authority_zh == "陕西省通信管理局"
    assert "山西备案规则" in shanxi.page.reference
    assert "陕西备案规则" in shaanxi.page.reference


def test_what_holds_in_shaanxi_does_not_hold_in_shanxi():
    shanxi, shaanxi = province("14"), province("61")

    assert shaanxi.local_mobile == LocalMobile.YES
    assert shanxi.local_mobile == LocalMobile.NO
    assert shaanxi.domain_certificate is not None
    assert shanxi.domain_certificate is None
    assert shanxi.must_match_organisation == ()
    assert shaanxi.must_match_organisation == (NAME, NUMBER)
    assert shanxi.outsider_rule == OutsiderRule.NOT_ALLOWED
    assert shaanxi.outsider_rule == OutsiderRule.NOT_STATED


def test_a_row_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        province("44").asks_password = False
    with pytest.raises(TypeError):
        province("44").sources["phones"] = None
    with pytest.raises(TypeError):
        PROVINCES["99"] = province("44")


# --- sources -------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_every_rule_of_every_province_carries_a_reference_and_a_date(profile):
    for each in provinces(profile):
        assert set(each.sources) == set(RULES), each.code
        for rule in RULES:
            source = each.source(rule)
            assert len(source.reference) > 15, (each.code, rule)
            assert re.fullmatch(r"20[0-9]{2}(-[01][0-9](-[0-3][0-9])?)?", source.date), (each.code, rule)


def test_the_lists_of_the_seed_are_sourced_from_the_seed():
    for rule in ("phones", "asks_password", "papers_by_app", "photo_ways", "review_days"):
        assert {each.source(rule).date for each in provinces("seed-2018")} == {"2018-06-15"}, rule


def test_a_province_s_own_rules_are_sourced_from_its_own_page():
    for each in provinces("seed-2018"):
        assert each.short_zh in each.source("lead_rule").reference
        assert each.source("must_match_organisation") == each.page


def test_three_pages_are_of_the_international_tree():
    assert codes(lambda each: "intl.zh-CN/" in each.page.reference) == {"44", "50", "54"}


# --- people --------------------------------------------------------------------------------------


def test_where_the_subject_lead_must_be_the_legal_representative():
    assert codes(lambda each: each.lead_rule == LeadRule.LEGAL_OR_LETTER) == {"11", "32", "51", "62"}
    assert codes(lambda each: each.lead_rule == LeadRule.CONDITIONAL) == {"21"}
    assert codes(lambda each: each.lead_rule == LeadRule.NOT_STATED) == {"45"}
    assert codes(lambda each: each.lead_rule == LeadRule.MUST_BE_LEGAL) == EVERYONE - {
        "11",
        "32",
        "51",
        "62",
        "21",
        "45",
    }


def test_an_individual_is_never_asked_to_be_a_legal_representative():
    assert codes(lambda each: each.lead_must_be_legal(INDIVIDUAL)) == set()
    assert codes(lambda each: each.lead_must_be_legal("enterprise")) == EVERYONE - {"11", "32", "51", "62", "21", "45"}


@pytest.mark.parametrize("word", ["投资管理", "担保", "典当", "贷款", "理财"])
def test_liaoning_asks_for_the_legal_representative_when_the_name_speaks_of_money(word):
    liaoning = province("21")

    assert liaoning.lead_must_be_legal("enterprise", f"沈阳示例{word}有限公司")
    assert liaoning.admin_must_be_legal("enterprise", f"沈阳示例{word}有限公司")


def test_liaoning_asks_nobody_else_for_the_legal_representative():
    liaoning = province("21")

    assert not liaoning.lead_must_be_legal("enterprise", "沈阳示例纸业有限公司")
    assert not liaoning.admin_must_be_legal("enterprise", "沈阳示例纸业有限公司")
    assert not liaoning.lead_must_be_legal(INDIVIDUAL, "理财")
    assert not liaoning.admin_must_be_legal(INDIVIDUAL, "理财")


def test_the_words_of_liaoning_mean_nothing_elsewhere():
    assert codes(lambda each: each.admin_must_be_legal("enterprise", "示例担保有限公司")) == {"21"}


def test_who_may_be_website_administrator():
    by_rule = {rule: codes(lambda each, rule=rule: each.admin_rule == rule) for rule in AdminRule}

    assert by_rule == {
        AdminRule.MUST_DIFFER: {"12"},
        AdminRule.CONDITIONAL: {"21"},
        AdminRule.ONE_SUBJECT_ONLY: {"23"},
        AdminRule.LEGAL_OR_LETTER: {"31", "35", "42", "43", "52"},
        AdminRule.SAME_UNLESS_LEGAL: {"32"},
        AdminRule.RESIDENCE_PERMIT: {"36"},
        AdminRule.NEED_NOT_BE_LEGAL: {"44"},
        AdminRule.NOT_STATED: EVERYONE - {"12", "21", "23", "31", "35", "42", "43", "52", "32", "36", "44"},
    }


def test_where_mobiles_must_be_local_for_organisations():
    assert codes(lambda each: each.asks_local_mobile("enterprise")) == {"21", "32", "43", "45", "62", "61"}


def test_tianjin_asks_individuals_alone_for_a_local_mobile():
    assert codes(lambda each: each.asks_local_mobile(INDIVIDUAL)) == {"21", "32", "43", "45", "62", "61", "12"}


def test_only_an_organisation_in_shaanxi_may_explain_a_mobile_from_elsewhere():
    assert codes(lambda each: each.may_explain_mobile("government")) == {"61"}
    assert codes(lambda each: each.may_explain_mobile(INDIVIDUAL)) == set()


def test_individuals_with_an_id_card_of_another_province():
    assert codes(lambda each: each.outsider_rule == OutsiderRule.NOT_ALLOWED) == {
        *("14", "23", "36", "41", "64", "65", "62", "63", "53", "54", "50"),
    }
    assert codes(lambda each: each.outsider_rule == OutsiderRule.RESIDENCE_PERMIT) == {
        *("15", "22", "31", "32", "35", "42", "52"),
    }
    assert codes(lambda each: each.outsider_rule == OutsiderRule.PROOF) == {"51"}


def test_foreigners_may_file_everywhere_but_in_hebei():
    assert codes(lambda each: not each.foreigners) == {"13"}


def test_temporary_id_cards_are_refused_in_three_provinces():
    assert codes(lambda each: not each.temporary_id) == {"15", "31", "46"}


def test_where_everybody_must_be_18():
    assert codes(lambda each: each.min_age == 18) == {
        *("12", "15", "21", "22", "33", "37", "42", "43", "50", "51", "52"),
    }
    assert codes(lambda each: each.min_age not in (None, 18)) == set()


def test_the_ages_that_depend_on_the_person():
    henan, jiangsu, guangdong = province("41"), province("32"), province("44")

    assert henan.youngest("enterprise", SUBJECT_LEAD) == 18
    assert henan.youngest(INDIVIDUAL, SUBJECT_LEAD) is None
    assert [rule.paper for rule in henan.age_rules(INDIVIDUAL, ADMINISTRATOR)] == ["guardian_id"]
    assert [(rule.years, rule.paper) for rule in jiangsu.ages] == [(18, "proof_of_work_or_income")]
    assert [(rule.years, rule.paper) for rule in guangdong.ages] == [(18, "proof_of_employment")]
    assert guangdong.youngest("enterprise", ADMINISTRATOR) is None
    assert codes(lambda each: each.ages and each.min_age is None) == {"32", "41", "44"}


# --- what a transfer must match --------------------------------------------------------------------


def test_what_an_organisation_s_transfer_must_match():
    found = {each.code: each.must_match_organisation for each in provinces("seed-2018")}

    assert found == {
        **dict.fromkeys(("12", "21", "22", "32", "34", "35", "37", "51", "61"), (NAME, NUMBER)),
        **dict.fromkeys(("13", "15", "23", "36", "52", "62"), (NAME, NUMBER, PEOPLE)),
        **dict.fromkeys(("50", "63", "64"), (NAME, NUMBER, ADMIN)),
        **dict.fromkeys(("41", "45", "53", "54"), (NAME,)),
        **dict.fromkeys(("14", "33", "44", "46"), ()),
        **dict.fromkeys(("11", "31")),
        "42": (NAME, MustMatch.LEAD_IS_LEGAL),
        "43": (MustMatch.EVERYTHING,),
        "65": (NAME, PEOPLE),
    }


def test_what_an_individual_s_transfer_must_match():
    found = {each.code: each.must_match_individual for each in provinces("seed-2018")}

    two = ("12", "13", "15", "21", "22", "23", "32", "36", "37", "50", "51", "52", "61", "62", "63", "64")
    assert found == {
        **dict.fromkeys(two, (NAME, NUMBER)),
        **dict.fromkeys(("33", "41", "42", "45", "53", "54", "65"), (NAME,)),
        **dict.fromkeys(("14", "34", "44", "46"), ()),
        **dict.fromkeys(("11", "31")),
        "35": (NAME, NUMBER, MustMatch.ID_ADDRESS),
        "43": (MustMatch.EVERYTHING,),
    }


def test_must_match_is_asked_by_nature():
    assert province("33").must_match(INDIVIDUAL) == (NAME,)
    assert province("33").must_match("public_institution") == ()


def test_a_change_certificate_is_accepted_in_jilin_and_anhui():
    assert codes(lambda each: each.change_certificate) == {"22", "34"}


def test_whether_a_filing_may_pass_to_another_subject():
    yes, no, if_legal = Change.YES, Change.NO, Change.IF_LEGAL
    found = {
        each.code: (
            each.change_rules.organisation_to_individual,
            each.change_rules.individual_to_other,
            each.change_rules.individual_to_organisation,
        )
        for each in provinces("seed-2018")
    }

    usual = ("12", "15", "21", "22", "23", "34", "36", "37", "41", "43", "45", "46", "51")
    assert found == {
        **dict.fromkeys(usual, (no, no, if_legal)),
        **dict.fromkeys(("13", "14", "44", "50", "52", "54", "63", "65"), (yes, yes, yes)),
        **dict.fromkeys(("11", "35", "42", "61", "62", "64"), (no, no, no)),
        "31": (no, no, Change.LEGAL_OR_ADMIN),
        "32": (Change.NOT_STATED, no, if_legal),
        "33": (Change.NOT_STATED, yes, if_legal),
        "53": (no, Change.CONTRADICTORY, Change.CONTRADICTORY),
    }


# --- domain and website ----------------------------------------------------------------------------


def test_in_whose_name_an_organisation_s_domain_may_be():
    by_rule = {rule: codes(lambda each, rule=rule: each.domain_holder == rule) for rule in HolderRule}

    assert by_rule == {
        HolderRule.NAME_ONLY: {"11", "14", "43", "44", "45", "52", "62", "65"},
        HolderRule.LEGAL: {"13", "22", "23", "32", "34", "35", "37", "53", "54", "61", "64"},
        HolderRule.WIDE: {"12", "15", "21", "31", "33", "36", "41", "42", "46", "50", "51", "63"},
    }


def test_shanghai_asks_for_180_days_of_the_domain_and_everybody_else_for_90():
    assert {each.code: each.domain_days for each in provinces()} == dict.fromkeys(CODES, 90) | {"31": 180}


def test_only_five_provinces_ever_ask_for_the_domain_s_certificate():
    assert codes(lambda each: each.domain_certificate) == {"32", "43", "15", "61", "52"}


@pytest.mark.parametrize(
    ("code", "asked", "spared"),
    [
        ("32", PaperFacts("enterprise"), None),
        ("32", PaperFacts(INDIVIDUAL), None),
        ("43", PaperFacts("enterprise"), None),
        ("43", PaperFacts(INDIVIDUAL), None),
        ("15", PaperFacts(INDIVIDUAL), PaperFacts("enterprise")),
        ("15", PaperFacts(INDIVIDUAL, new_domains=1), PaperFacts(INDIVIDUAL, new_domains=0)),
        ("52", PaperFacts("enterprise", domains_in_order=4), PaperFacts("enterprise", domains_in_order=3)),
        ("52", PaperFacts(INDIVIDUAL, domains_in_order=4), PaperFacts(INDIVIDUAL)),
        ("61", PaperFacts("enterprise", domains_of_subject=5), PaperFacts("enterprise", domains_of_subject=4)),
        ("61", PaperFacts(INDIVIDUAL, domains_of_subject=5), PaperFacts(INDIVIDUAL, domains_in_order=9)),
        ("44", None, PaperFacts("enterprise", domains_in_order=9, domains_of_subject=9)),
    ],
)
def test_when_the_domain_s_certificate_is_asked(code, asked, spared):
    rules = province(code)

    assert asked is None or rules.needs_domain_certificate(asked)
    assert spared is None or not rules.needs_domain_certificate(spared)


def test_one_domain_per_site_in_three_provinces():
    assert {each.code: each.domains_per_site for each in provinces() if each.domains_per_site} == {
        "42": 1,
        "50": 1,
        "61": 1,
    }


def test_only_mainland_registrars_in_four_provinces():
    assert codes(lambda each: each.mainland_registrar) == {"15", "22", "43", "50"}


def test_how_many_sites_an_order_may_hold():
    limits = {
        each.code: (
            each.sites_per_order.organisation,
            each.sites_per_order.individual,
            each.sites_per_order.first_filing,
        )
        for each in provinces()
    }

    assert {code: limit for code, limit in limits.items() if limit != (None, None, None)} == {
        "41": (5, 3, None),
        "42": (1, 1, None),
        "61": (None, None, 5),
    }


def test_eleven_provinces_have_banned_words_for_personal_sites():
    assert {each.code: len(each.banned_words) for each in provinces() if each.banned_words} == {
        **dict(zip(("11", "13", "15", "21", "33", "41"), (11, 14, 24, 43, 19, 68), strict=True)),
        **dict(zip(("42", "43", "44", "52", "64"), (8, 33, 16, 43, 43), strict=True)),
    }
    for each in provinces():
        assert len(set(each.banned_words)) == len(each.banned_words), each.code


def test_some_banned_words_and_where_they_hold():
    assert codes(lambda each: "博客" in each.banned_words) == {"11", "15", "33", "43", "52", "64"}
    assert codes(lambda each: "技术" in each.banned_words) == {"64"}
    assert codes(lambda each: "站长网" in each.banned_words) == {"21"}


def test_jiangsu_alone_prescribes_the_form_of_a_personal_name():
    assert {each.code: each.name_forms for each in provinces() if each.name_forms} == {
        "32": ("的个人博客", "的个人主页")
    }


def test_approvals_that_are_kept_in_some_provinces_only():
    assert {each.code: each.extra_approvals for each in provinces() if each.extra_approvals} == {
        "13": ("health",),
        "33": ("education",),
        "54": ("education", "health"),
        "63": ("education",),
    }


# --- the statement ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "of_organisations", "of_individuals"),
    [
        (Extra.FINGERPRINT, set(), {"36", "65"}),
        (Extra.REGISTRAR, {"11"}, {"11"}),
        (Extra.HANDWRITING, set(), {"44"}),
        (Extra.OWN_FORM, {"44"}, {"44"}),
        (
            Extra.ALL_DOMAINS,
            {"15", "23", "36", "43", "46", "51", "62", "65"},
            {"15", "23", "36", "43", "46", "51", "62", "65"},
        ),
    ],
)
def test_what_the_statement_asks_for_beside_the_signature(extra, of_organisations, of_individuals):
    assert codes(lambda each: extra in each.statement_extras(ORGANISATION)) == of_organisations
    assert codes(lambda each: extra in each.statement_extras(INDIVIDUAL)) == of_individuals


def test_beijing_alone_asks_for_a_photo_holding_the_document():
    assert codes(lambda each: each.holding_photo) == {"11"}


# --- words -----------------------------------------------------------------------------------------


def test_natures_are_those_of_the_register():
    assert set(PUBLIC_BODIES) <= set(NATURES)
    assert {key: kind_of(key) for key in NATURES} == dict.fromkeys(NATURES, ORGANISATION) | {INDIVIDUAL: INDIVIDUAL}
