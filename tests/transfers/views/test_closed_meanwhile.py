"""An order that another tab closes at the very moment at which something is sent to it: its page says so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order, sign_in
from tests.transfers.desk import make_complete
from tests.transfers.outside import reload
from transfers.models import Order
from transfers.orders import actions

pytestmark = pytest.mark.django_db


def of_no_password() -> Order:
    """A complete order that blocks no other yet, as where no filing password is asked for."""
    order = make_complete()
    Order.objects.filter(pk=order.pk).update(claimed=False)
    return order


# the page, its order, what is sent, and the statement before which the other tab is first
SENT: dict[str, tuple[str, Callable[..., Order], dict[str, str], str]] = {
    "the consent on paper": ("administrator-consent", make_order, {"paper": "1"}, "UPDATE"),
    "the way of the documents": ("documents", lambda: make_order(province="44"), {"way": "phone"}, "UPDATE"),
    "the order": ("check", of_no_password, {"declared": "on"}, "SAVEPOINT"),
}


@pytest.mark.parametrize("what", SENT)
def test_what_is_sent_to_an_order_that_another_tab_closes_leads_to_its_page_which_says_so(
    client: Client, what: str
) -> None:
    page, make, posted, statement = SENT[what]
    order = make()
    owner = sign_in(client, order.owner)
    of: Any = Order if statement == "UPDATE" else None

    with just_before(statement, lambda: actions.abandon(reload(order), actor=order.owner), of=of):
        answer = owner.post(
            reverse(page, args=[order.reference]), posted, follow=True, headers={"accept-language": "en"}
        )

    assert reload(order).state == states.ABANDONED
    assert answer.redirect_chain == [(order.get_absolute_url(), 302)]
    assert "Nothing was saved: the order can no longer be changed" in answer.content.decode()
