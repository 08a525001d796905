"""The start page: is this the right door, and what to have at hand."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import cost
from transfers import states

pytestmark = pytest.mark.django_db
PROMISES = {
    "en": ("Only the provider is added", "Your present provider is not affected: both servers may be used", "Free of"),
    "zh-hans": ("只增加接入商，其他备案信息不变", "原接入商不受影响，两边服务器都可使用", "免费办理"),
}


def start(client: Client, language: str = "en", **query: str) -> str:
    return client.get("/", query, headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize("language", PROMISES)
def test_the_three_promises_stand_on_the_page_without_an_account(client: Client, language: str) -> None:
    page = start(client, language)

    assert [promise in page for promise in PROMISES[language]] == [True, True, True]
    assert reverse("verify-type") in page


def test_the_page_says_for_whom_it_is_and_how_the_rest_goes(client: Client) -> None:
    page = start(client)

    assert re.search(
        r"on file with another provider and now runs on a server of [^<]+\? Add us to the filing here", page
    )
    assert "The authority reviews in 3 to 20 working days; we tell you the result." in page
    assert "In some provinces the ministry texts a code to the phones on the filing: 48 hours." in page


PAPERS = [
    ("64", "individual", "same", ["lead_id", "statement"]),
    ("64", "organisation", "same", ["lead_id", "subject_id", "statement"]),
    ("64", "organisation", "another", ["lead_id", "admin_id", "subject_id", "statement"]),
]


@pytest.mark.parametrize(("province", "who", "administrator", "papers"), PAPERS)
def test_three_answers_choose_the_list_of_papers(
    client: Client, province: str, who: str, administrator: str, papers: list[str]
) -> None:
    answer = client.get("/", {"province": province, "who": who, "administrator": administrator})

    assert [paper.key for paper in answer.context["papers"]] == papers


NAMED = {"en": ("Ningxia", "宁夏回族自治区"), "zh-hans": ("宁夏回族自治区", "Ningxia")}


@pytest.mark.parametrize("language", NAMED)
def test_provinces_are_offered_under_the_names_the_reader_knows(client: Client, language: str) -> None:
    offered = start(client, language).partition('name="province"')[2].partition("</select>")[0]

    assert [name in offered for name in NAMED[language]] == [True, False]


def test_the_rules_of_the_chosen_province_are_linked_and_folded(client: Client) -> None:
    page = start(client, province="12")

    assert ("/rules/12/?profile=seed-2018" in page, "<details>" in page, "48 hours" in page) == (True, True, True)


@pytest.mark.parametrize("query", [{}, {"province": ""}, {"province": "99"}, {"province": "<b>", "who": "x"}])
def test_without_a_province_there_is_no_list_and_nonsense_is_none(client: Client, query: dict[str, str]) -> None:
    answer = client.get("/", query)

    assert (answer.status_code, answer.context["papers"]) == (200, [])
    assert "<b>" not in answer.content.decode()


def test_an_own_draft_is_offered_and_nobody_elses(client: Client) -> None:
    mine, other, closed = make_order(), make_order(), make_order(state=states.SUBMITTED)

    own = start(sign_in(client, mine.owner))
    strangers = start(sign_in(Client(), make_user()))
    sent = start(sign_in(Client(), closed.owner))

    assert (mine.reference in own, other.reference in own) == (True, False)
    assert "You have a draft" not in strangers
    assert closed.reference not in sent


def test_the_page_takes_no_post(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_the_page_costs_nothing_without_an_account_and_little_with_one(client: Client) -> None:
    order = make_order()

    nobody = cost(lambda: client.get("/", {"province": "12"}))
    signed_in = sign_in(client, order.owner)

    assert nobody == 0
    assert cost(lambda: signed_in.get("/", {"province": "12"})) <= 10
