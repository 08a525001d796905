"""The facts of the 31 rows about filing, domain, website and statement, written out again."""

import pytest

from filings.provinces import PaperFacts, province, provinces
from filings.provinces.choices import INDIVIDUAL, ORGANISATION, Change, Extra, HolderRule, MustMatch
from filings.provinces.papers import certificate_asked

CODES = [each.code for each in provinces("seed-2018")]
NAME, NUMBER, PEOPLE, ADMIN = MustMatch.NAME, MustMatch.NUMBER, MustMatch.PEOPLE, MustMatch.ADMINISTRATOR


def codes(judge) -> set[str]:
    """The provinces for which something is true, under the default profile."""
    return {each.code for each in provinces("seed-2018") if judge(each)}


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


def test_the_values_that_must_match_depend_on_the_nature():
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


def test_shanghai_requires_180_days_of_the_domain_and_all_others_90():
    assert {each.code: each.domain_days for each in provinces()} == dict.fromkeys(CODES, 90) | {"31": 180}


def test_only_five_provinces_ever_require_the_domain_s_certificate():
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

    assert asked is None or certificate_asked(rules.domain_certificate, asked)
    assert spared is None or not certificate_asked(rules.domain_certificate, spared)


def test_three_provinces_allow_one_domain_per_site():
    assert {each.code: each.domains_per_site for each in provinces() if each.domains_per_site} == {
        "42": 1,
        "50": 1,
        "61": 1,
    }


def test_four_provinces_accept_only_mainland_registrars():
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


def test_only_jiangsu_prescribes_the_form_of_a_personal_name():
    assert {each.code: each.name_forms for each in provinces() if each.name_forms} == {
        "32": ("的个人博客", "的个人主页")
    }


def test_some_approvals_are_required_in_some_provinces_only():
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
def test_what_the_statement_requires_beside_the_signature(extra, of_organisations, of_individuals):
    assert codes(lambda each: extra in each.statement_extras(ORGANISATION)) == of_organisations
    assert codes(lambda each: extra in each.statement_extras(INDIVIDUAL)) == of_individuals


def test_only_beijing_requires_a_photo_holding_the_document():
    assert codes(lambda each: each.holding_photo) == {"11"}
