"""The papers that an order needs, depending on its answers."""

from datetime import datetime

import pytest

from icpportal.time_format import BEIJING
from tests.transfers.builders import make_order, subject_answers
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
