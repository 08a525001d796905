"""The head of a page is rendered once per kind of reader; data of one reader or page never stay in it."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.kept_html.gaps import gap
from icpportal.outbox.models import SITE, Message, State
from tests.transfers.builders import make_order, make_reviewer, make_user

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
NEXT = re.compile(r'name="next" value="([^"]*)"')
COUNT = re.compile(r'<span aria-hidden="true">(\d+)</span>')


def browser(user=None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def head_of(client: Client, path: str) -> str:
    return client.get(path).content.decode().partition("</header>")[0]


def tell(user, number: int) -> None:
    Message.objects.bulk_create(
        Message(key=f"{user.pk}:{place}", channel=SITE, user=user, state=State.DELIVERED) for place in range(number)
    )


def test_two_accounts_in_turn_see_only_their_own_numbers_and_tokens():
    one, other = make_user("one@example.com", mobile="13700000001"), make_user("two@example.com", mobile="13700000002")
    tell(one, 2)
    tell(other, 5)
    first, second = browser(one), browser(other)

    heads = [head_of(client, "/filings/") for client in (first, second, first)]

    assert [COUNT.findall(head) for head in heads] == [["2"], ["5"], ["2"]]
    tokens = [set(TOKEN.findall(head)) for head in heads]
    assert all(len(found) == 1 for found in tokens), "one token a page"
    assert len(set.union(*tokens)) == 3, "and another one on each"


def test_a_visitor_after_staff_is_offered_nothing_of_theirs():
    staff, member, visitor = browser(make_reviewer()), browser(make_user(mobile="13700000003")), browser()

    heads = [head_of(client, reverse("rules")) for client in (staff, member, visitor, staff)]

    assert [reverse("admin:index") in head for head in heads] == [True, False, False, True]
    assert [reverse("account_logout") in head for head in heads] == [True, True, False, True]
    assert [reverse("account_login") in head for head in heads] == [False, False, True, False]


def test_each_page_returns_to_itself_after_a_change_of_language():
    client = browser()

    found = [NEXT.findall(head_of(client, path)) for path in ("/rules/", "/help/?q=a&b=%22", "/rules/")]

    assert [set(each) for each in found] == [{"/rules/"}, {"/help/?q=a&amp;b=%22"}, {"/rules/"}]


def test_an_address_that_looks_like_a_placeholder_is_only_an_address():
    address = f"/help/?q={quote(gap('token'))}"

    assert set(NEXT.findall(head_of(browser(), address))) == {address}


def test_the_foot_names_the_order_of_its_page_and_of_no_other():
    user = make_user(mobile="13700000004")
    orders = [make_order(user, province="44") for _ in range(2)]
    client = browser(user)

    feet = [client.get(order.get_absolute_url()).content.decode().rpartition("<footer")[2] for order in orders]
    rules = client.get("/rules/").content.decode().rpartition("<footer")[2]

    assert [[order.reference in foot for order in orders] for foot in (*feet, rules)] == [
        [True, False],
        [False, True],
        [False, False],
    ]
