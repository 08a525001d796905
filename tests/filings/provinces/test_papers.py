"""The slots that an order must fill, by province, nature and people."""

from dataclasses import replace

import pytest

from filings.provinces import PaperFacts, province, provinces
from filings.provinces.answers import COMMITMENT, PAPERS
from filings.provinces.papers import CONDITIONS, SLOTS, other_papers, paper_slots
from filings.site_codes import FINANCE, NEWS

SCREEN_SLOTS = [
    *("lead_id", "admin_id", "subject_id", "statement", "letter", "domain_cert"),
    *("holding_photo", "approval_paper", "residence", "commitment", "registrant_proof", "other"),
]
INDIVIDUAL = PaperFacts("individual")
ENTERPRISE = PaperFacts("enterprise", same_person=False)


def extra(code: str, facts: PaperFacts, profile: str | None = None) -> set[str]:
    """The slots beyond those that every order of this nature fills."""
    usual = {"lead_id", "statement"} if facts.is_individual else {"lead_id", "admin_id", "subject_id", "statement"}
    return set(paper_slots(province(code, profile), facts)) - usual


def asking(slot: str, facts: PaperFacts, profile: str | None = None) -> set[str]:
    return {each.code for each in provinces(profile) if slot in paper_slots(each, facts)}


def test_the_slots_are_those_of_the_page_in_its_order():
    assert [key for key, _asked in SLOTS] == SCREEN_SLOTS


def test_an_individual_shows_one_document_for_both_roles():
    assert paper_slots(province("14"), INDIVIDUAL) == ("lead_id", "statement")
    assert paper_slots(province("14"), replace(INDIVIDUAL, same_person=False)) == ("lead_id", "statement")


def test_an_organisation_shows_its_own_document_and_both_people_s():
    assert paper_slots(province("14"), ENTERPRISE) == ("lead_id", "admin_id", "subject_id", "statement")


def test_one_person_in_both_roles_shows_one_document():
    assert paper_slots(province("14"), replace(ENTERPRISE, same_person=True)) == ("lead_id", "subject_id", "statement")


# --- letter of authorisation ---------------------------------------------------------------------------


def test_a_lead_who_is_not_the_legal_representative_brings_a_letter_where_one_is_enough():
    facts = replace(ENTERPRISE, is_legal_rep=False, admin_is_legal_rep=True)

    assert asking("letter", facts) == {"11", "32", "51", "62"}


def test_an_administrator_who_is_not_the_legal_representative_brings_one_too():
    assert asking("letter", ENTERPRISE) == {"31", "35", "42", "43", "52"}


def test_the_legal_representative_in_both_roles_brings_none():
    assert asking("letter", replace(ENTERPRISE, same_person=True)) == set()
    assert asking("letter", replace(ENTERPRISE, admin_is_legal_rep=True)) == set()


def test_an_individual_never_brings_a_letter():
    assert asking("letter", replace(INDIVIDUAL, is_legal_rep=False, admin_is_legal_rep=False)) == set()


def test_beijing_wants_the_legal_representative_s_card_with_the_letter():
    facts = replace(ENTERPRISE, is_legal_rep=False)

    assert extra("11", facts) == {"letter", "holding_photo", "other"}
    assert other_papers(province("11"), facts) == ("legal_representative_id",)
    assert other_papers(province("11"), ENTERPRISE) == ()


# --- domain, photo, approvals ------------------------------------------------------------------------


def test_the_domain_s_certificate_is_required_where_the_province_asks_for_it():
    assert asking("domain_cert", ENTERPRISE) == {"32", "43"}
    assert asking("domain_cert", INDIVIDUAL) == {"32", "43", "15"}
    assert asking("domain_cert", replace(ENTERPRISE, domains_in_order=4)) == {"32", "43", "52"}
    assert asking("domain_cert", replace(ENTERPRISE, domains_of_subject=5)) == {"32", "43", "61"}


def test_only_beijing_requires_the_photo_holding_the_document():
    assert asking("holding_photo", ENTERPRISE) == {"11"}
    assert asking("holding_photo", INDIVIDUAL) == {"11"}


def test_content_that_needs_approval_brings_its_paper_everywhere():
    assert len(asking("approval_paper", replace(ENTERPRISE, approvals=(NEWS,)))) == 31
    assert asking("approval_paper", ENTERPRISE) == set()


def test_a_person_who_holds_the_domain_is_proved_where_that_is_allowed():
    facts = replace(ENTERPRISE, holder_is_person=True)

    assert asking("registrant_proof", facts) == {
        *("12", "13", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "46", "50", "51", "53", "54", "61", "63", "64"),
    }
    assert asking("registrant_proof", ENTERPRISE) == set()
    assert asking("registrant_proof", replace(INDIVIDUAL, holder_is_person=True)) == set()


# --- residence -----------------------------------------------------------------------------------


def test_an_individual_from_elsewhere_shows_a_residence_permit():
    facts = replace(INDIVIDUAL, lead_id_region="44")

    assert asking("residence", facts) == {"15", "22", "31", "32", "35", "42", "52", "51"}


def test_an_individual_of_the_province_shows_none():
    for code in ("15", "22", "31", "32", "35", "42", "52", "51"):
        assert "residence" not in paper_slots(province(code), replace(INDIVIDUAL, lead_id_region=code)), code


def test_nobody_must_show_a_permit_before_the_card_is_known():
    assert asking("residence", replace(INDIVIDUAL, lead_id_region=None)) == set()


def test_only_sichuan_asks_holders_of_other_documents_to_prove_why_they_are_there():
    assert asking("residence", replace(INDIVIDUAL, lead_id_region="")) == {"51"}


def test_an_organisation_s_administrator_from_elsewhere_shows_a_permit_in_jiangxi():
    facts = replace(ENTERPRISE, lead_id_region="36", admin_id_region="44")

    assert asking("residence", facts) == {"36"}
    assert asking("residence", replace(facts, admin_id_region="36")) == set()
    assert asking("residence", replace(facts, lead_id_region="44", admin_id_region="36")) == set()


def test_in_jiangxi_one_person_in_both_roles_is_judged_by_the_lead_s_card():
    facts = PaperFacts("enterprise", same_person=True, lead_id_region="44")

    assert asking("residence", facts) == {"36"}


# --- commitment ----------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [ENTERPRISE, INDIVIDUAL])
def test_papers_by_app_bring_a_letter_of_commitment_in_five_provinces(facts):
    assert asking("commitment", replace(facts, by_app=True)) == {"44", "50", "21", "34", "35"}
    assert asking("commitment", facts) == set()


def test_finance_sites_bring_one_in_guangdong():
    assert asking("commitment", replace(ENTERPRISE, finance=True)) == {"44"}
    assert asking("commitment", replace(ENTERPRISE, approvals=(FINANCE,))) == {"44"}
    assert asking("commitment", replace(ENTERPRISE, approvals=(NEWS,))) == set()


def test_individuals_with_more_than_five_sites_bring_one_in_chongqing():
    assert asking("commitment", replace(INDIVIDUAL, sites_of_subject=6)) == {"50"}
    assert asking("commitment", replace(INDIVIDUAL, sites_of_subject=5)) == set()
    assert asking("commitment", replace(ENTERPRISE, sites_of_subject=6)) == set()
    assert other_papers(province("50"), replace(INDIVIDUAL, sites_of_subject=6)) == ("construction_plan",)


def test_since_2020_the_letter_is_asked_in_jiangsu_alone():
    assert asking("commitment", replace(ENTERPRISE, by_app=True), "current-2020") == {"32"}
    assert asking("commitment", INDIVIDUAL, "current-2020") == {"32"}
    assert other_papers(province("32", "current-2020"), INDIVIDUAL) == ("statement_of_responsibility",)


# --- other papers --------------------------------------------------------------------------------


@pytest.mark.parametrize("nature", ["public_institution", "government"])
def test_public_bodies_prove_their_establishment_in_four_provinces(nature):
    facts = replace(ENTERPRISE, nature=nature)
    asked = {each.code for each in provinces() if "establishment_proof" in other_papers(each, facts)}

    assert asked == {"15", "23", "36", "53"}


def test_an_enterprise_proves_no_establishment():
    asked = {each.code: other_papers(each, ENTERPRISE) for each in provinces() if other_papers(each, ENTERPRISE)}

    assert asked == {"23": ("phone_bills",), "54": ("party_confirmation",)}
    assert asking("other", ENTERPRISE) == {"23", "54"}


def test_young_people_show_what_their_province_accepts():
    young = replace(INDIVIDUAL, lead_age=17)

    assert {
        each.code: other_papers(each, young) for each in provinces() if each.ages and other_papers(each, young)
    } == {
        "32": ("proof_of_work_or_income",),
        "41": ("guardian_id",),
        "44": ("proof_of_employment",),
    }
    assert other_papers(province("44"), replace(INDIVIDUAL, lead_age=18)) == ()


def test_two_young_people_are_asked_for_one_kind_of_paper_once():
    facts = replace(ENTERPRISE, lead_age=17, admin_age=16)

    assert other_papers(province("44"), facts) == ("proof_of_employment",)
    assert other_papers(province("44"), replace(facts, lead_age=30)) == ("proof_of_employment",)
    assert other_papers(province("44"), replace(facts, lead_age=30, admin_age=None)) == ()


def test_in_henan_a_guardian_vouches_for_an_individual_only():
    assert other_papers(province("41"), replace(ENTERPRISE, lead_age=17)) == ()
    assert other_papers(province("41"), replace(INDIVIDUAL, lead_age=17)) == ("guardian_id",)


# --- the tables ----------------------------------------------------------------------------------


def test_every_condition_and_every_paper_that_a_province_names_is_known():
    for profile in ("seed-2018", "current-2020"):
        for each in provinces(profile):
            assert set(each.commitment) <= set(CONDITIONS) & set(COMMITMENT), each.code
            assert {paper.when for paper in each.extra_papers} <= set(CONDITIONS), each.code
            assert {paper.key for paper in each.extra_papers} <= set(PAPERS), each.code
            assert {rule.paper for rule in each.ages} - {""} <= set(PAPERS), each.code


def test_slots_come_once_each_and_in_the_page_s_order():
    facts = PaperFacts(
        "government",
        same_person=False,
        is_legal_rep=False,
        admin_is_legal_rep=False,
        approvals=(NEWS, FINANCE),
        by_app=True,
        lead_id_region="11",
        admin_id_region="11",
        holder_is_person=True,
        domains_in_order=9,
        domains_of_subject=9,
        sites_of_subject=9,
        lead_age=17,
        admin_age=17,
    )

    for each in provinces():
        slots = paper_slots(each, facts)
        assert list(slots) == [slot for slot in SCREEN_SLOTS if slot in slots], each.code
