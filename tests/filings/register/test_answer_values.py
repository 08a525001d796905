from datetime import date

import pytest

from filings.register.answer_values import day, lead_answers

TYPED = {"nature": "individual", "name": "赵样本", "id_type": "2", "id_number": "119999199009090002"}


def test_an_individual_is_the_lead_whatever_was_sent():
    answers = lead_answers(TYPED, {"lead_name": "别人", "lead_id_number": "x", "lead_phone1": "13900000004"})

    assert answers == {
        "lead_name": "赵样本",
        "lead_id_type": "2",
        "lead_id_number": "119999199009090002",
        "lead_phone1": "13900000004",
    }


def test_an_organisation_names_its_lead():
    assert lead_answers({**TYPED, "nature": "enterprise"}, {"lead_name": "林示范"}) == {"lead_name": "林示范"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2035-02-14", date(2035, 2, 14)),
        (date(2035, 2, 14), date(2035, 2, 14)),
        ("", None),
        (None, None),
        ("长期", None),
        ("2035-02-30", None),
    ],
)
def test_a_date_is_read_in_the_format_of_answers(value, expected):
    assert day(value) == expected
