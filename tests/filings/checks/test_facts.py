from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime

import pytest

from filings.checks import Facts, read
from filings.checks.documents import months_later
from filings.provinces import province
from tests.filings.checks.cases import ADMINISTRATOR, SUBJECT, TYPE, case, person_case


def test_the_people_are_read_from_their_pages():
    facts = case()

    assert (facts.lead.name, facts.lead.role, facts.lead.phone1) == ("林示范", "subject_lead", "13900000001")
    assert (facts.administrator.name, facts.administrator.role) == ("陈样例", "administrator")
    assert (facts.lead.id_until, facts.told) == (date(2035, 2, 14), True)
    assert (facts.same_person, facts.one_person, facts.two_people) == (False, False, True)


def test_an_individual_is_both_people():
    facts = person_case()

    assert (facts.lead.name, facts.lead.document) == ("赵样本", ("2", "119999199009090002"))
    assert (facts.administrator.name, facts.administrator.role) == ("赵样本", "administrator")
    assert (facts.one_person, facts.two_people) == (True, False)


def test_the_same_document_means_the_same_person_whatever_was_ticked():
    facts = case(admin_id_number="649999198502140009")

    assert (facts.same_person, facts.one_person, facts.two_people) == (False, True, False)


def test_a_new_order_can_be_read():
    facts = read(province=province("64"), type_answers=TYPE)

    assert (facts.name, facts.region, facts.domain) == ("宁夏示例纸业有限公司", "640106", "example.com")
    assert (facts.lead.name, facts.administrator.name, facts.same_person, facts.lead_is_legal) == ("", "", None, None)
    assert facts.mobile_taken("13900000001") is False
    assert facts.person_taken("2", "649999198502140009") is False


def test_a_type_of_document_stored_as_a_number_is_read_too():
    facts = read(
        province=province("64"), type_answers={**TYPE, "id_type": 1}, subject_answers={**SUBJECT, "lead_id_type": 2}
    )

    assert (facts.id_type, facts.lead.id_type) == ("1", "2")


def test_today_is_the_day_in_beijing():
    late = Facts(province=province("64"), now=datetime(2026, 11, 24, 16, 30, tzinfo=UTC))

    assert late.today == date(2026, 11, 25)


def test_facts_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        case().name = "别的"


def test_all_answers_are_side_by_side_under_their_field_names():
    answers = case().answers

    assert {
        name: answers[name] for name in ("name", "id_number", "investor", "site_name", "lead_name", "admin_email")
    } == {
        "name": "宁夏示例纸业有限公司",
        "id_number": "91649999000000019L",
        "investor": "林示范",
        "site_name": "示例纸业官网",
        "lead_name": "林示范",
        "admin_email": ADMINISTRATOR["admin_email"],
    }


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 3, date(2027, 2, 24)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 29), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, expected):
    assert months_later(day, months) == expected
