"""The stock of backdrops at the desk: what was posted while its page was open stays taken off."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import document_fromstring

from tests.transfers.builders import make_reviewer, sign_in
from verification.backdrops import actions
from verification.models import BackdropStock

pytestmark = pytest.mark.django_db


def set_stock(count: int) -> None:
    BackdropStock.objects.filter(pk=actions.stock().pk).update(count=count)


def page() -> str:
    return reverse("admin:verification_backdropstock_change", args=[actions.STOCK])


def desk(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return sign_in(client, make_reviewer())


def form_of(html: str) -> dict[str, str]:
    """The fields of the page, as a browser sends them."""
    form = document_fromstring(html).get_element_by_id("backdropstock_form")
    return {name: value or "" for name, value in form.form_values()}


def test_who_enters_only_the_day_of_the_next_delivery_leaves_the_number_in_stock_alone(client: Client) -> None:
    set_stock(12)
    typed = form_of(desk(client).get(page()).content.decode())
    set_stock(10)  # two were posted in the meantime

    client.post(page(), {**typed, "expected_on": "2026-12-05"})

    stock = actions.stock()
    assert (stock.count, str(stock.expected_on)) == (10, "2026-12-05")


def test_who_counted_before_others_were_posted_reads_so_and_counts_again(client: Client) -> None:
    set_stock(12)
    typed = {**form_of(desk(client).get(page()).content.decode()), "count": "30"}
    set_stock(10)

    refused = client.post(page(), typed).content.decode()
    kept = actions.stock().count
    again = form_of(refused)
    client.post(page(), again)

    assert "The stock has become 10 since this page was opened: count again, then save" in refused
    assert (kept, again["count"], actions.stock().count) == (10, "30", 30)
