"""The start page: whether this is the right service, and what to have ready."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import cost
from tests.transfers.whole_way import ask_type, begin
from transfers.steps.administrator import AdministratorForm
from transfers.steps.known import START_PAGE

pytestmark = pytest.mark.django_db
PROMISES = {
    "en": ("Free. About 25 minutes", "Your number and your other provider stay", "Stop whenever you like"),
    "zh-hans": ("免费办理，您只需约 25 分钟", "备案号和原接入商均不变", "可随时中断"),
}


def start(client: Client, language: str = "en", **query: str) -> str:
    return client.get("/", query, headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize("language", PROMISES)
def test_the_three_promises_are_on_the_page_without_an_account(client: Client, language: str) -> None:
    page = start(client, language)

    assert [promise in page for promise in PROMISES[language]] == [True, True, True]
    assert reverse("verify-type") in page


def test_the_page_says_for_whom_it_is_and_what_others_do(client: Client) -> None:
    page = start(client)

    assert "with another provider and now runs, or will run, on one of our servers" in page
    assert "3–20 working days" in page


@pytest.mark.parametrize("name", ["verify-type", "another", "import", "dashboard"])
def test_each_of_the_four_kinds_has_its_own_link(client: Client, name: str) -> None:
    doors = re.findall(r'<h3><a href="([^"]+)">[^<]+</a></h3>\s*<p>[^<]+</p>', start(client))

    assert len(doors) == 4
    assert reverse(name) in {door.partition("?")[0] for door in doors}


def test_every_paper_of_the_list_is_shown_as_a_good_picture_of_it(client: Client) -> None:
    page = start(client, province="64", who="organisation", administrator="another")

    drawn = re.findall(r'samples.svg#([a-z-]+)"', page.partition('class="papers-grid"')[2])
    assert drawn == ["id-front-right", "id-front-right", "licence-right", "statement-right"]
    assert "A company or body · Ningxia · two people" in page
    assert 'action="#need"' in page, "the answer is shown where it was asked for"


PAPERS = [
    ("64", "individual", "same", ["lead_id", "statement"]),
    ("64", "organisation", "same", ["lead_id", "subject_id", "statement"]),
    ("64", "organisation", "another", ["lead_id", "admin_id", "subject_id", "statement"]),
]


@pytest.mark.parametrize(("province", "who", "administrator", "papers"), PAPERS)
def test_three_answers_determine_the_list_of_papers(
    client: Client, province: str, who: str, administrator: str, papers: list[str]
) -> None:
    answer = client.get("/", {"province": province, "who": who, "administrator": administrator})

    assert [paper.key for paper in answer.context["papers"]] == papers


NAMED = {"en": ("Ningxia", "宁夏回族自治区"), "zh-hans": ("宁夏回族自治区", "Ningxia")}


@pytest.mark.parametrize("language", NAMED)
def test_provinces_are_offered_by_the_names_the_reader_knows(client: Client, language: str) -> None:
    offered = start(client, language).partition('name="province"')[2].partition("</select>")[0]

    assert [name in offered for name in NAMED[language]] == [True, False]


def test_the_rules_of_the_chosen_province_are_linked_and_folded(client: Client) -> None:
    page = start(client, province="12")

    assert ("/rules/12/?profile=seed-2018" in page, "<details>" in page, "48 hours" in page) == (True, True, True)


@pytest.mark.parametrize("query", [{}, {"province": ""}, {"province": "99"}, {"province": "<q>", "who": "x"}])
def test_without_a_province_the_usual_papers_are_listed_as_such_and_an_invalid_one_is_ignored(
    client: Client, query: dict[str, str]
) -> None:
    page = start(client, **query)

    assert "What most people need" in page
    assert "Your list" not in page
    assert "<q>" not in page


def test_an_own_draft_is_offered_and_nobody_elses(client: Client) -> None:
    mine, other, closed = make_order(), make_order(), make_order(state=states.SUBMITTED)

    own = start(sign_in(client, mine.owner))
    strangers = start(sign_in(Client(), make_user()))
    sent = start(sign_in(Client(), closed.owner))

    assert (f"Continue order {mine.reference}" in own, other.reference in own) == (True, False)
    assert "Continue order" not in strangers
    assert closed.reference not in sent


def test_the_page_accepts_no_post(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_the_page_takes_one_query_without_an_account_and_few_with_one(client: Client) -> None:
    order = make_order()

    nobody = cost(lambda: client.get("/", {"province": "12"}))
    signed_in = sign_in(client, order.owner)

    assert nobody == 1  # how long orders have taken lately
    assert cost(lambda: signed_in.get("/", {"province": "12"})) <= 10


def test_the_answers_are_remembered(client: Client, ministry: Any) -> None:
    client.get("/", {"province": "64", "who": "individual", "administrator": "another"})
    sign_in(client, make_user())

    page = client.get(reverse("verify-type"), headers={"accept-language": "en"})

    form = page.context["form"]
    assert (form["nature"].value(), form["region_province"].value()) == ("individual", "64")
    assert page.content.decode().count("From your answers on the start page") == 2
    assert "640100" in page.content.decode()


def test_the_choice_of_administrator_is_passed_to_the_order(client: Client, ministry: Any, servers: Any) -> None:
    client.get("/", {"province": "64", "who": "organisation", "administrator": "another"})
    user = make_user()

    order = begin(client, ask_type(client, user))

    assert order.answer("start") == {"administrator": "no"}
    form = AdministratorForm(row=order)
    assert (form["same_person"].value(), str(form.source_of("same_person"))) == ("no", str(START_PAGE))


def test_an_invalid_value_in_the_address_or_the_cookie_is_ignored(client: Client) -> None:
    client.get("/", {"province": "99", "who": "<b>"})
    assert "start_answers" not in client.cookies
    client.cookies["start_answers"] = "x.99.y.z"

    assert client.get("/").context["form"].initial == {}
