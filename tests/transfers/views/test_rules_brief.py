"""The province's rules on the pages of an order: a link to them, and the short list with sentences."""

import re

import pytest
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in

pytestmark = pytest.mark.django_db
PAGES = {
    "order": states.SUBMITTED,
    "people": states.DRAFT,
    "documents": states.DRAFT,
    "photo": states.PHOTO_DUE,
    "phones": states.PHONE_DUE,
}


@pytest.mark.parametrize(("page", "state"), PAGES.items())
def test_every_page_with_the_rules_in_brief_links_to_them_and_lists_some(client, page, state):
    order = make_order(state=state, province="12")
    client.cookies["django_language"] = "en"

    html = sign_in(client, order.owner).get(reverse(page, args=[order.reference])).content.decode()

    brief = html.partition('class="rules-brief"')[2].partition("</aside>")[0]
    assert f'href="{reverse("rules-province", args=["12"])}?profile=seed-2018"' in brief
    assert len(re.findall(r"<dt>.+?</dt><dd>.+?</dd>", brief)) > 5
