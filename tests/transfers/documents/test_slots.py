"""The papers that an order needs, depending on its answers."""

from datetime import datetime

import pytest
from django.utils.translation import override

from icpportal.time_format import BEIJING
from tests.transfers.builders import administrator_answers, make_order, subject_answers, type_answers
from transfers.documents import slots
from transfers.models import Order

pytestmark = pytest.mark.django_db
BORN_29_NOVEMBER_2008 = "640106200811290005"


@pytest.mark.parametrize(
    ("begun", "age"),
    [
        (datetime(2026, 11, 28, 23, 59, tzinfo=BEIJING), 17),
        (datetime(2026, 11, 29, 0, 1, tzinfo=BEIJING), 18),
    ],
)
def test_a_person_comes_of_age_at_midnight_in_beijing(begun: datetime, age: int) -> None:
    order = make_order(answers={"subject": subject_answers(lead_id_number=BORN_29_NOVEMBER_2008)}, created_at=begun)

    assert slots.paper_facts(Order.objects.get(pk=order.pk)).lead_age == age


ON_THE_CARD = "if the ID card has an address in this province, its side with the address"


def individual_of(province: str, **document: str) -> Order:
    kind = {"nature": "individual", "id_type": "2", "id_number": "119999199009090002", "name": "赵样本", **document}
    same = administrator_answers(same_person="yes")
    return in_province(province, make_order(answers={"type": type_answers(**kind), "administrator": same}))


def in_province(province: str, order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(province=province)
    return Order.objects.get(pk=order.pk)


def hint_of(order: Order, slot: str) -> str:
    with override("en"):
        found = next(each for each in slots.needed_slots(order) if each.key == slot)
        return str(found.hint)


@pytest.mark.parametrize(
    ("province", "hint"),
    [
        ("31", f"A residence permit of this province; {ON_THE_CARD}"),
        ("22", f"A residence permit of this province, or for students the student card; {ON_THE_CARD}"),
        ("51", f"Student card, social insurance, proof of employment, or residence permit; {ON_THE_CARD}"),
    ],
)
def test_who_has_a_number_of_another_province_reads_all_that_proves_residence_there(province: str, hint: str) -> None:
    """The number stays after a move: a permit of the province in which one is registered does not exist."""
    assert hint_of(individual_of(province), "residence") == hint


def test_a_foreigner_in_sichuan_reads_what_proves_study_work_or_residence_and_nothing_of_id_cards() -> None:
    order = individual_of("51", id_type="7", id_number="E12345678", name="JOHN SAMPLE")

    assert hint_of(order, "residence") == "Student card, social insurance, proof of employment, or residence permit"


def test_in_beijing_the_page_of_the_photo_says_what_is_held() -> None:
    company, person = in_province("11", make_order()), individual_of("11", id_number="449999199009090008")

    assert hint_of(company, "holding_photo") == (
        "The website administrator, holding the organisation's certificate. Face and document both clear"
    )
    assert hint_of(person, "holding_photo") == "You, holding your ID document. Face and document both clear"
