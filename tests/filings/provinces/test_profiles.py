"""The two profiles: the seed's rules of 2018, the changes of 2020, and how to select either."""

from dataclasses import fields
from datetime import timedelta

import pytest

from filings.provinces import (
    PROFILES,
    PROVINCES,
    PhoneRule,
    UnknownProfile,
    UnknownProvince,
    province,
    provinces,
    rule_profile,
)
from filings.provinces.choices import ADMINISTRATOR, INDIVIDUAL, SUBJECT_LEAD, HolderRule
from filings.provinces.table import ROWS
from filings.provinces.types import RULES
from tests.filings.provinces.ages import min_age

EVERY_CODE = [row.code for row in ROWS]


def codes(profile: str, judge) -> set[str]:
    return {each.code for each in provinces(profile) if judge(each)}


# --- seed-2018 -----------------------------------------------------------------------------------


def test_in_2018_seven_provinces_verify_phones():
    asking = codes("seed-2018", lambda each: each.phones is not None)

    assert asking == {"12", "62", "54", "64", "46", "65", "63"}
    assert {province(code, "seed-2018").name_zh[:2] for code in asking} == {
        *("天津", "甘肃", "西藏", "宁夏", "海南", "新疆", "青海"),
    }


def test_in_2018_lead_and_administrator_have_48_hours():
    rules = {each.phones for each in provinces("seed-2018")}

    assert rules == {None, PhoneRule(("subject_lead", "administrator"), timedelta(hours=48))}


def test_in_2018_the_password_is_required_everywhere():
    assert codes("seed-2018", lambda each: each.asks_password) == set(EVERY_CODE)


def test_in_2018_five_provinces_take_papers_by_app():
    by_app = codes("seed-2018", lambda each: each.papers_by_app)

    assert by_app == {"44", "50", "21", "34", "35"}
    assert {province(code).short_zh for code in by_app} == {"广东", "重庆", "辽宁", "安徽", "福建"}


def test_in_2018_only_shanghai_takes_the_photo_with_its_own_app():
    assert {each.photo_ways for each in provinces("seed-2018") if each.code != "31"} == {("backdrop", "place")}
    assert province("31", "seed-2018").photo_ways == ("shanghai_app",)


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_the_authority_takes_3_to_20_working_days(profile):
    assert {each.review_days for each in provinces(profile)} == {(3, 20)}


# --- current-2020 --------------------------------------------------------------------------------


def test_since_2020_every_province_verifies_the_administrator_s_phone_within_24_hours():
    rules = {each.phones for each in provinces("current-2020")}

    assert rules == {PhoneRule(("administrator",), timedelta(hours=24))}
    assert {each.source("phones").date for each in provinces("current-2020")} == {"2020-08-17"}


def test_since_2020_no_password_is_required():
    assert codes("current-2020", lambda each: each.asks_password) == set()


def test_since_2020_the_photo_has_a_plain_white_ground_and_shanghai_s_app_and_the_backdrop_are_gone():
    assert {each.photo_ways for each in provinces("current-2020")} == {("plain", "place")}
    assert {each.source("photo_ways").date for each in provinces("current-2020")} == {"2019-09"}


def test_since_2020_papers_go_by_app_everywhere_and_a_site_has_one_domain():
    assert codes("current-2020", lambda each: each.papers_by_app) == set(EVERY_CODE)
    assert {each.domains_per_site for each in provinces("current-2020")} == {1}


def test_the_ages_of_later_pages_belong_to_the_current_profile():
    assert {code: min_age(province(code, "current-2020")) for code in ("35", "52", "63")} == {
        "35": 14,
        "52": 14,
        "63": 14,
    }
    assert {code: min_age(province(code, "seed-2018")) for code in ("35", "52", "63")} == {
        "35": None,
        "52": 18,
        "63": None,
    }


def test_tianjin_s_later_page_tells_lead_and_administrator_apart():
    tianjin = province("12", "current-2020")

    assert tianjin.youngest("enterprise", SUBJECT_LEAD) == 16
    assert tianjin.youngest("enterprise", ADMINISTRATOR) == 18
    assert [(each.years, each.paper) for each in tianjin.age_rules("enterprise", SUBJECT_LEAD)] == [
        (16, ""),
        (18, "proof_of_work_or_income"),
    ]
    assert min_age(tianjin) is None


def test_qinghai_s_later_page_lets_the_legal_representative_hold_the_domain():
    assert province("63", "seed-2018").domain_holder == HolderRule.WIDE
    assert province("63", "current-2020").domain_holder == HolderRule.LEGAL


def test_the_profiles_differ_in_nothing_else():
    different = {
        (rule, each.code)
        for each in provinces("seed-2018")
        for rule in RULES
        if getattr(each, rule) != getattr(province(each.code, "current-2020"), rule)
    }

    everywhere = {
        (rule, code) for rule in ("filing_site", "phones", "asks_password", "photo_ways") for code in EVERY_CODE
    }
    by_app = {("papers_by_app", code) for code in EVERY_CODE if code not in ("21", "34", "35", "44", "50")}
    one_domain = {("domains_per_site", code) for code in EVERY_CODE if code not in ("42", "50", "61")}
    commitment = {("commitment", code) for code in ("21", "34", "35", "44", "50", "32")}
    own_site = {("code_site", code) for code in ("12", "46", "54", "62", "63", "64", "65")}
    assert different - everywhere - by_app - one_domain - commitment == own_site | {
        ("extra_papers", "32"),
        *(("ages", code) for code in ("12", "35", "52", "63")),
        ("domain_holder", "63"),
    }
    assert different >= everywhere | by_app | one_domain | commitment


# --- asking --------------------------------------------------------------------------------------


def test_without_a_name_the_setting_decides(settings):
    settings.RULE_PROFILE = "current-2020"
    assert province("44").profile == "current-2020"
    assert {each.profile for each in provinces()} == {"current-2020"}
    assert rule_profile().name == "current-2020"

    settings.RULE_PROFILE = "seed-2018"
    assert province("44").profile == "seed-2018"


def test_a_given_name_takes_precedence_over_the_setting(settings):
    settings.RULE_PROFILE = "current-2020"

    assert province("44", "seed-2018").phones is None
    assert province("44", profile="seed-2018").profile == "seed-2018"


def test_the_setting_is_seed_2018_unless_somebody_chose():
    assert rule_profile().name == "seed-2018"
    assert list(PROFILES) == ["seed-2018", "current-2020"]
    assert [each.since for each in PROFILES.values()] == ["2018-06-15", "2020-08-17"]


@pytest.mark.parametrize("code", ["99", "", "440000", "71", "81", "4", "粤", "Shanxi", None, 44])
def test_an_unknown_province_is_reported_with_advice(code):
    with pytest.raises(UnknownProvince) as refused:
        province(code)

    assert str(refused.value) == (
        f"There is no province “{code}”: use the two digits of GB/T 2260, such as 12 (Tianjin) or 44 (Guangdong)"
    )


@pytest.mark.parametrize("name", ["", "seed", "SEED-2018", "current-2021"])
def test_an_unknown_profile_is_reported_with_the_choices(name):
    with pytest.raises(UnknownProfile) as refused:
        province("44", name)

    assert str(refused.value) == f"There is no rule profile “{name}”: choose one of seed-2018, current-2020"


def test_a_second_call_returns_the_same_value():
    assert province("44") is province("44")
    assert PROVINCES["44"] is province("44", "seed-2018")


def test_a_layer_names_only_rules_that_exist():
    rules = set(RULES)

    for profile in PROFILES.values():
        layers = [profile.everywhere, *profile.provinces.values()]
        assert set(profile.provinces) <= set(EVERY_CODE)
        for layer in layers:
            assert set(layer.changes) <= rules
            assert set(layer.sources) <= rules


def test_a_layer_s_changes_for_2020_have_their_own_source():
    current = PROFILES["current-2020"]

    assert set(current.everywhere.changes) <= set(current.everywhere.sources)
    for code, layer in current.provinces.items():
        assert set(layer.changes) <= set(layer.sources), code


def test_rows_state_only_what_differs_from_the_default():
    defaults = {each.name: each.default for each in fields(ROWS[0]) if each.name in RULES}

    as_default = [row.code for row in ROWS if all(getattr(row, rule) == defaults[rule] for rule in RULES)]
    differing = {row.code: sum(getattr(row, rule) != defaults[rule] for rule in RULES) for row in ROWS}

    assert as_default == []
    assert max(differing.values()) < len(RULES) / 2


def test_the_notes_of_shanghai_s_app_are_not_shown_where_it_is_gone():
    seed = {str(note.text) for note in province("31", "seed-2018").notes}
    current = {str(note.text) for note in province("31", "current-2020").notes}

    assert len(seed - current) == 2
    assert current < seed
    assert province("44", "seed-2018").must_match(INDIVIDUAL) == ()
