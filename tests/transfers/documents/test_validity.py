"""A signed sheet belongs to the answers it was printed from, and a document to its person."""

import pytest
from django.utils.translation import override

from tests.transfers.builders import administrator_answers, make_order, subject_answers, website_answers
from transfers.documents import validity
from transfers.models import OrderDocument

pytestmark = pytest.mark.django_db


def paper(order, slot):
    return OrderDocument(order=order, slot=slot, mark=validity.mark_of(order, slot))


def answered(order, step, answers):
    order.answers = {**order.answers, step: answers}


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        ("website", website_answers(site_name="示例新名称")),
        ("administrator", administrator_answers(admin_name="陈另例")),
        ("server", {"ip": "192.0.2.99"}),
    ],
)
def test_a_sheet_is_outdated_when_its_content_has_changed(step, answers):
    order = make_order()
    sheet = paper(order, "statement")

    answered(order, step, answers)

    assert validity.is_stale(order, sheet)
    with override("en"):
        assert (
            str(validity.why_stale("statement")) == "Your details have changed: download and sign the statement again"
        )


def test_a_sheet_stays_valid_when_something_not_on_it_changed():
    order = make_order()
    sheet = paper(order, "statement")

    answered(order, "subject", subject_answers(remark="补充说明", lead_email="new@example.com"))

    assert not validity.is_stale(order, sheet)


def test_a_document_is_outdated_when_another_person_is_named():
    order = make_order()
    admins, leads = paper(order, "admin_id"), paper(order, "lead_id")

    answered(order, "administrator", administrator_answers(admin_id_number="649999199001010005"))

    assert [validity.is_stale(order, each) for each in (admins, leads)] == [True, False]
    assert validity.valid_papers(order, [admins, leads]) == [leads]


def test_papers_of_the_subject_and_unmarked_ones_are_never_outdated():
    order = make_order()
    licence, old = paper(order, "subject_id"), OrderDocument(order=order, slot="statement", mark="")

    answered(order, "website", website_answers(site_name="示例新名称"))

    assert validity.valid_papers(order, [licence, old]) == [licence, old]


def test_one_person_in_both_roles_owns_all_papers_of_people():
    order = make_order(answers={"administrator": {"same_person": "yes"}})

    people = {validity.person_of(order, slot) for slot in validity.PERSON_OF}

    assert [person.name for person in people] == ["林示范"]
    assert validity.person_of(order, "subject_id") is None


def test_the_code_of_a_fetched_photo_does_not_make_it_outdated():
    order = make_order()

    assert not validity.is_stale(order, OrderDocument(order=order, slot="photo", mark="AB12CD"))
