"""The facts of the 31 rows, written out again: who requires what, by province codes."""

import re
from dataclasses import FrozenInstanceError

import pytest

from filings.provinces import PROVINCES, province, provinces
from filings.provinces.choices import (
    ADMINISTRATOR,
    INDIVIDUAL,
    ORGANISATION,
    PUBLIC_BODIES,
    SUBJECT_LEAD,
    AdminRule,
    LeadRule,
    LocalMobile,
    MustMatch,
    OutsiderRule,
    kind_of,
)
from filings.provinces.types import RULES
from filings.register.certificates import NATURES
from tests.filings.provinces.ages import min_age

CODES = [
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
]
EVERYONE = set(CODES)


def codes(judge) -> set[str]:
    """The provinces for which something is true, under the default profile."""
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
    assert shaanxi.must_match_organisation == (MustMatch.NAME, MustMatch.NUMBER)
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


def test_three_pages_belong_to_the_international_site():
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


def test_an_individual_need_never_be_a_legal_representative():
    assert codes(lambda each: each.lead_must_be_legal(INDIVIDUAL)) == set()
    assert codes(lambda each: each.lead_must_be_legal("enterprise")) == EVERYONE - {"11", "32", "51", "62", "21", "45"}


@pytest.mark.parametrize("word", ["投资管理", "担保", "典当", "贷款", "理财"])
def test_liaoning_requires_the_legal_representative_when_the_name_mentions_finance(word):
    liaoning = province("21")

    assert liaoning.lead_must_be_legal("enterprise", f"沈阳示例{word}有限公司")
    assert liaoning.admin_must_be_legal("enterprise", f"沈阳示例{word}有限公司")


def test_liaoning_requires_the_legal_representative_in_no_other_case():
    liaoning = province("21")

    assert not liaoning.lead_must_be_legal("enterprise", "沈阳示例纸业有限公司")
    assert not liaoning.admin_must_be_legal("enterprise", "沈阳示例纸业有限公司")
    assert not liaoning.lead_must_be_legal(INDIVIDUAL, "理财")
    assert not liaoning.admin_must_be_legal(INDIVIDUAL, "理财")


def test_the_words_of_liaoning_have_no_effect_elsewhere():
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


def test_tianjin_requires_a_local_mobile_of_individuals_only():
    assert codes(lambda each: each.asks_local_mobile(INDIVIDUAL)) == {"21", "32", "43", "45", "62", "61", "12"}


def test_only_an_organisation_in_shaanxi_may_explain_a_mobile_from_elsewhere():
    assert codes(lambda each: each.may_explain_mobile("government")) == {"61"}
    assert codes(lambda each: each.may_explain_mobile(INDIVIDUAL)) == set()


def test_some_provinces_refuse_individuals_with_an_id_card_of_another_province():
    assert codes(lambda each: each.outsider_rule == OutsiderRule.NOT_ALLOWED) == {
        *("14", "23", "36", "41", "64", "65", "62", "63", "53", "54", "50"),
    }
    assert codes(lambda each: each.outsider_rule == OutsiderRule.RESIDENCE_PERMIT) == {
        *("15", "22", "31", "32", "35", "42", "52"),
    }
    assert codes(lambda each: each.outsider_rule == OutsiderRule.PROOF) == {"51"}


def test_foreigners_may_file_everywhere_but_in_hebei():
    assert codes(lambda each: not each.foreigners) == {"13"}


def test_the_back_of_a_travel_permit_counts_at_the_phone_verification_of_zhejiang_only():
    assert codes(lambda each: each.permit_back) == {"33"}


def test_temporary_id_cards_are_refused_in_three_provinces():
    assert codes(lambda each: not each.temporary_id) == {"15", "31", "46"}


def test_where_everybody_must_be_18():
    assert codes(lambda each: min_age(each) == 18) == {
        *("12", "15", "21", "22", "33", "37", "42", "43", "50", "51", "52"),
    }
    assert codes(lambda each: min_age(each) not in (None, 18)) == set()


def test_the_ages_that_depend_on_the_person():
    henan, jiangsu, guangdong = province("41"), province("32"), province("44")

    assert henan.youngest("enterprise", SUBJECT_LEAD) == 18
    assert henan.youngest(INDIVIDUAL, SUBJECT_LEAD) is None
    assert [rule.paper for rule in henan.age_rules(INDIVIDUAL, ADMINISTRATOR)] == ["guardian_id"]
    assert [(rule.years, rule.paper) for rule in jiangsu.ages] == [(18, "proof_of_work_or_income")]
    assert [(rule.years, rule.paper) for rule in guangdong.ages] == [(18, "proof_of_employment")]
    assert guangdong.youngest("enterprise", ADMINISTRATOR) is None
    assert codes(lambda each: each.ages and min_age(each) is None) == {"32", "41", "44"}


# --- words -----------------------------------------------------------------------------------------


def test_natures_are_those_of_the_register():
    assert set(PUBLIC_BODIES) <= set(NATURES)
    assert {key: kind_of(key) for key in NATURES} == dict.fromkeys(NATURES, ORGANISATION) | {INDIVIDUAL: INDIVIDUAL}
