"""Checks beside a missing answer: those that depend on it wait, the others report at once."""

from dataclasses import fields, replace
from datetime import date

import pytest

from filings.checks import CHECKS, Check, Facts, PersonFacts, run
from tests.filings.checks.cases import ADMINISTRATOR, PERSON_SUBJECT, SUBJECT, TYPE, WEBSITE, case
from tests.filings.checks.examples import CHECK_EXAMPLES

ASKED = {
    "type": TYPE,
    "subject": {**SUBJECT, **PERSON_SUBJECT, "remark": ""},
    "website": {**WEBSITE, "approval_types": "", "approval_number": "", "domain_holder": ""},
    "administrator": {name: value for name, value in ADMINISTRATOR.items() if name != "admin_told"},
}
PEOPLE = {"lead": "lead", "admin": "administrator"}
OF_A_PERSON = {each.name for each in fields(PersonFacts)}
# with "another person" ticked they are two, whatever the number will be
SAID = {(check.id, "admin_id_number") for check in CHECKS if check.id.startswith("admin_")}


def without(facts: Facts, name: str) -> Facts:
    """The same answers without one that was refused."""
    prefix, _, rest = name.partition("_")
    if prefix in PEOPLE and rest in OF_A_PERSON:
        person = getattr(facts, PEOPLE[prefix])
        empty: date | str | None = None if rest == "id_until" else ""
        return replace(facts, **{PEOPLE[prefix]: replace(person, **{rest: empty})})
    if name == "same_person":
        typed = PersonFacts() if facts.same_person else facts.administrator
        return replace(facts, same_person=None, administrator=typed)
    if name in TYPE:
        return replace(facts, **{name: ""})
    pages = {page: {key: kept for key, kept in getattr(facts, page).items() if key != name} for page in PAGES}
    return replace(facts, **pages)


PAGES = ("subject", "website")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.id}.{check.field}")
def test_a_check_reports_nothing_false_while_another_answer_of_its_page_is_missing(check: Check) -> None:
    said = [
        (name, check.run(without(facts, name)))
        for facts in CHECK_EXAMPLES[check.id, check.field].accepted
        for name in ASKED[check.step]
        if check.may_speak({name}) and (check.id, name) not in SAID
    ]

    assert [each for each in said if each[1]] == []


def test_checks_that_depend_on_a_missing_answer_wait_and_the_others_report() -> None:
    facts = case(post_region="", lead_phone2="086-029-5550100", post_address="示例路", investor="李示例")

    assert [(each.id, each.field) for each in run("subject", facts)] == [
        ("address_door", "post_address"),
        ("investor_self", "investor"),
        ("area_code", "lead_phone2"),
    ]
    assert [each.id for each in run("subject", facts, missing={"post_region", "lead_name"})] == ["address_door"]
