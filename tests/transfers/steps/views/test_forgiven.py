"""What people type as it stands on their documents is taken and kept in one form."""

from typing import Any

import pytest
from django.test import Client

from tests.transfers.builders import (
    administrator_answers,
    make_order,
    subject_answers,
    website_answers,
)
from tests.transfers.outside import as_sent, errors, kept, send
from transfers.models import Order

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
FOREIGN = {"lead_name": "John Smith", "lead_id_type": "7", "lead_id_number": "E12345678"}


def draft() -> Order:
    return make_order(steps=GATES)


def sent(client: Client, step: str, **answers: Any) -> tuple[Any, Order]:
    order = draft()
    ready = {"subject": subject_answers(), "administrator": administrator_answers()}
    answer = send(client, order, step, as_sent({**ready.get(step, website_answers(order.domain)), **answers}))
    return answer, kept(order)


@pytest.mark.parametrize("investor", ["", "John Smith"])
def test_a_foreign_legal_representative_stands_for_the_investor(client: Client, investor: str) -> None:
    answer, order = sent(client, "subject", investor=investor, **FOREIGN)

    assert answer.status_code == 302, errors(answer)
    assert order.answer("subject")["investor"] == "John Smith"


def test_an_investor_in_latin_letters_is_refused_where_the_lead_is_not_the_legal_representative(client: Client) -> None:
    answer, _order = sent(client, "subject", investor="John Smith", is_legal_rep="no", **FOREIGN)

    assert errors(answer)["investor"] == ["chinese_needed"]
