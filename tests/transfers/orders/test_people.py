"""The two people of an order are those of its present answers."""

import pytest

from icpportal.wizard.storage import keep
from tests.transfers.builders import administrator_answers, make_order, subject_answers
from transfers.models import Order
from transfers.orders.people import administrator, lead

pytestmark = pytest.mark.django_db


def test_who_is_entered_anew_takes_the_place_of_the_person_read_before() -> None:
    order = make_order()
    in_other_tab = Order.objects.get(pk=order.pk)
    before = lead(order), administrator(order), lead(in_other_tab)

    keep(order, "subject", subject_answers(lead_name="林另示"))
    keep(order, "administrator", administrator_answers(admin_name="赵另示"))

    assert (lead(order).name, administrator(order).name) == ("林另示", "赵另示")
    assert "林另示" not in {person.name for person in before}
    in_other_tab.refresh_from_db()
    assert (lead(in_other_tab), administrator(in_other_tab)) == (lead(order), administrator(order))
