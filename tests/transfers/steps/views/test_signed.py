"""Fields repeated on the signed statement say so, before a change makes the statement outdated."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers.builders import administrator_answers, make_order, make_ready_document, sign_in, website_answers
from tests.transfers.outside import as_sent, look, page_of
from transfers.documents import validity
from transfers.models import Order, OrderDocument

pytestmark = pytest.mark.django_db
WARNING = "after a change here it must be signed and uploaded again"


def make_signed(**answers: Any) -> Order:
    """An order with its statement signed and uploaded."""
    order = make_order(answers=answers)
    make_ready_document(order, "statement")
    OrderDocument.objects.filter(order=order, slot="statement").update(mark=validity.mark_of(order, "statement"))
    return order


def fields_with_warning(page: str) -> set[str]:
    """The fields whose hint mentions the statement."""
    return {name for name, words in re.findall(r'id="id_(\w+?)_help(?:text)?"[^>]*>([^<]*)', page) if WARNING in words}


def test_the_website_name_says_so_before_it_is_saved_and_saving_makes_the_statement_outdated(client: Client) -> None:
    order = make_signed()
    assert fields_with_warning(look(client, order, "website")) == {"site_name"}

    renamed = as_sent(website_answers(order.domain, site_name="示例纸业首页"))
    sign_in(client, order.owner).post(page_of(order, "website"), renamed)

    check = client.get(reverse("check", args=[order.reference]), headers={"accept-language": "en"}).content.decode()
    assert "Your details have changed: download and sign the statement again" in check


def test_without_a_signed_statement_no_field_mentions_it(client: Client) -> None:
    order = make_order()

    assert [fields_with_warning(look(client, order, step)) for step in ("website", "administrator", "subject")] == [
        set()
    ] * 3


def test_the_signers_name_says_so_on_the_page_where_it_is_entered(client: Client) -> None:
    two, one = make_signed(), make_signed(administrator=administrator_answers(same_person="yes"))

    assert [fields_with_warning(look(client, two, step)) for step in ("subject", "administrator")] == [
        set(),
        {"same_person", "admin_name"},
    ]
    assert fields_with_warning(look(client, one, "subject")) == {"lead_name"}
