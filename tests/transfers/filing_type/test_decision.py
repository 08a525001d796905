"""The decision of "verify filing type", row by row (docs/sources.md#filing-types)."""

from dataclasses import replace

import pytest

from transfers.filing_type.decision import Outcome, TypeFacts, decide

BOTH = TypeFacts(certificate_number="宁ICP备00000000号", domain_number="宁ICP备00000000号")

TABLE = [
    ("nothing is filed", TypeFacts(), Outcome.NOT_FILED),
    ("only the subject is filed", replace(BOTH, domain_number=""), Outcome.NEW_SITE),
    ("only the domain is filed", replace(BOTH, certificate_number=""), Outcome.MISMATCH),
    (
        "own site under another document",
        replace(BOTH, certificate_number="", own_site_other_document=True),
        Outcome.CHANGED_DOCUMENT,
    ),
    ("another subject's domain", replace(BOTH, domain_number="宁ICP备00000001号"), Outcome.MISMATCH),
    ("a number of another province", replace(BOTH, number_fits_region=False), Outcome.MISMATCH),
    ("another name", replace(BOTH, name_fits=False), Outcome.MISMATCH),
    ("filed elsewhere, never here", BOTH, Outcome.TRANSFER),
    ("subject already here", replace(BOTH, own_subject=True), Outcome.TRANSFER_ANOTHER),
    ("site already here", replace(BOTH, own_subject=True, own_access=True), Outcome.ALREADY_HERE),
    ("own order open", replace(BOTH, own_order=True), Outcome.OWN_ORDER),
    ("order of another account, fully matched", replace(BOTH, other_order=True), Outcome.OTHER_ORDER),
    ("filed here by another account, fully matched", replace(BOTH, other_subject=True), Outcome.OTHER_ACCOUNT),
    ("still on the old platform", replace(BOTH, old_record=True), Outcome.IMPORT_FIRST),
]


@pytest.mark.parametrize(("facts", "outcome"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_row_of_the_table_has_its_outcome(facts: TypeFacts, outcome: Outcome) -> None:
    assert decide(facts) == outcome


def test_an_own_open_order_takes_precedence() -> None:
    facts = TypeFacts(own_order=True)

    assert decide(facts) == Outcome.OWN_ORDER


def test_a_record_of_another_account_is_not_mentioned_unless_the_filing_itself_matches() -> None:
    facts = replace(BOTH, domain_number="宁ICP备00000001号", other_order=True, other_subject=True, old_record=True)

    assert decide(facts) == Outcome.MISMATCH


def test_every_outcome_can_be_reached() -> None:
    assert {decide(row[1]) for row in TABLE} == set(Outcome)
