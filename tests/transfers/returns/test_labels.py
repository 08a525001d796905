"""The name of a part within a sentence: a question without its question mark, in both languages."""

import pytest
from django.test import Client
from django.utils.translation import override

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in, subject_answers
from transfers.returns.labels import FORMS, label_of, name_of, names_of

PARTS = [f"{step}.{name}" for step, form in FORMS.items() for name in form.base_fields]


@pytest.mark.parametrize(("language", "mark"), [("en", "?"), ("zh-hans", "？")])
def test_no_question_mark_is_inside_a_sentence(language: str, mark: str) -> None:
    with override(language):
        questions = [part for part in PARTS if str(label_of(part)).endswith(mark)]
        assert len(questions) >= 3
        assert [part for part in PARTS if mark in name_of(part)] == []
        assert mark not in names_of(questions)


@pytest.mark.django_db
def test_the_error_of_an_answer_follows_the_question_without_its_mark(client: Client) -> None:
    order = make_order(state=states.DRAFT, answers={"subject": {**subject_answers(), "is_legal_rep": "no"}})

    reader = sign_in(client, order.owner)
    page = reader.get(f"/transfers/{order.reference}/check/", headers={"accept-language": "en"}).content.decode()

    assert "Is the subject lead the legal representative: " in page
    assert "representative?:" not in page
