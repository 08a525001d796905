"""The demo's past orders: enough to fill the desk's figures, and none of them open."""

import re
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from demo.seed import past_orders
from demo.seed.accounts import open_accounts
from icpportal.accounts import roles
from icpportal.time_format import BEIJING
from tests.transfers import states
from tests.transfers.builders import sign_in
from transfers.models import Order
from transfers.review.catalogue import ROWS


@pytest.mark.django_db
# random draws depend on the day
@time_machine.travel(datetime(2026, 11, 28, 9, 20, tzinfo=BEIJING), tick=False)
def test_a_lead_of_the_demo_finds_all_figures_and_no_past_order_is_open(client: Client) -> None:
    roles.ensure()
    accounts = open_accounts()
    number = past_orders.place(accounts)

    assert past_orders.place(accounts) == number == Order.objects.count()
    assert set(Order.objects.values_list("state", flat=True)) <= set(states.ENDED)
    answer = sign_in(client, accounts["lead"]).get("/admin/desk/figures/", headers={"accept-language": "en"})
    html = answer.content.decode()
    assert html.count('<svg class="chart"') == 8
    assert "审核员一" in html
    assert re.search(r"[89]\d% of the phone verifications are done in time", html)
    assert "1 person with fewer than 20 decisions is not shown." in html
    assert "In Guangdong the authority usually takes" in html
    assert {reason for _part, reason in past_orders.NAMED} <= {row[0] for row in ROWS}
