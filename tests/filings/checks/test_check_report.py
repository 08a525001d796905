"""The catalogue's listing agrees with what the checks do."""

from collections import defaultdict
from dataclasses import replace

import pytest

from filings.checks import CHECKS, check_ids
from filings.checks.check_report import OF_A_FIELD, OF_A_RULE, ON_THE_TYPE_PAGE, holds_for, reach_of
from filings.provinces import provinces
from filings.register.certificates import INDIVIDUAL, NATURES
from tests.filings.checks.examples import CHECK_EXAMPLES


def check_named(id: str, field: str = ""):
    return next(check for check in CHECKS if check.id == id and field in ("", check.field))


def where(id: str, nature: str, field: str = "", profile: str = "seed-2018") -> set[str]:
    found = holds_for(check_named(id, field), provinces(profile))
    return {code for each in found if nature in each.natures for code in each.provinces}


def test_no_reach_is_listed_for_a_removed_check():
    assert set(ON_THE_TYPE_PAGE) | set(OF_A_RULE) | set(OF_A_FIELD) <= set(check_ids())


def spoken(check) -> dict[str, set[str]]:
    """Nature of subject → the provinces in which the check refuses one of its refused examples."""
    found = defaultdict(set)
    for facts in CHECK_EXAMPLES[check.id, check.field].refused:
        found[facts.nature] |= {each.code for each in provinces() if check.run(replace(facts, province=each))}
    return found


# no province refuses all examples of these: an address is in one province, a word is banned in some
IN_PART = ("address_province", "name_banned")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.id}-{check.field}")
def test_a_check_applies_in_the_provinces_that_the_listing_names(check):
    for nature, codes in spoken(check).items():
        listed = {each.code for each in provinces() if reach_of(check)(each, nature)}
        assert codes <= listed, nature
        assert codes == listed or check.id in IN_PART, nature


def test_every_nature_is_named_at_most_once_for_a_check():
    for check in CHECKS:
        found = holds_for(check, provinces())
        names = [nature for each in found for nature in each.natures]
        assert len(names) == len(set(names)), check.id
        assert set(names) <= set(NATURES), check.id
        assert found, check.id


@pytest.mark.parametrize(
    ("id", "field", "organisations", "individuals"),
    [
        ("admin_differ", "", {"12"}, set()),
        ("admin_two_subjects", "", {"23"}, {"23"}),
        ("admin_same_as_lead", "", {"32"}, set()),
        ("admin_permit", "", {"36"}, set()),
        ("lead_needs_letter", "", {"11", "32", "51", "62"}, set()),
        ("admin_needs_letter", "", {"31", "35", "42", "43", "52"}, set()),
        ("phone_local", "", {"21", "32", "43", "45", "62"}, {"12", "21", "32", "43", "45", "61", "62"}),
        ("phone_local_reason", "", {"61"}, set()),
        ("admin_phones_swapped", "", {"35"}, set()),
        ("foreigner_not_allowed", "id_type", set(), {"13"}),
        ("foreigner_not_allowed", "lead_id_type", {"13"}, set()),
        ("one_domain", "", {"42", "50", "61"}, {"42", "50", "61"}),
        ("match_record", "post_address", {"43"}, {"43"}),
        ("match_record", "id_address", {"43"}, {"35", "43"}),
        ("match_record", "is_legal_rep", {"42"}, set()),
        ("young_paper", "", {"32", "44"}, {"32", "41", "44"}),
        ("name_jiangsu", "", set(), {"32"}),
    ],
)
def test_where_a_check_holds(id, field, organisations, individuals):
    assert where(id, "enterprise", field) == organisations
    assert where(id, INDIVIDUAL, field) == individuals


def test_since_2020_tianjin_requires_a_paper_of_young_leads_only():
    assert where("young_paper", "enterprise", "lead_id_number", "current-2020") == {"12", "32", "44"}
    assert where("young_paper", "enterprise", "admin_id_number", "current-2020") == {"32", "44"}


def test_documents_are_checked_for_the_natures_that_have_them():
    found = holds_for(check_named("unit_code_bad"), provinces())

    assert [each.natures for each in found] == [("defence",)]
    assert where("passport_bad", "enterprise", "id_number") == set()
    assert len(where("passport_bad", "enterprise", "lead_id_number")) == 31
