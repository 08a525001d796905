"""The stops of an order's way: which are passed and when, the current one, and its deadline."""

import pytest
import time_machine
from django.test import Client
from lxml.html import HtmlElement, document_fromstring

from icpportal.lifecycle import APPLICANT, AUTHORITY, REVIEWER
from tests.transfers import states
from tests.transfers.builders import fire, make_order, sign_in
from transfers.models import Order
from transfers.orders import actions, queries

pytestmark = pytest.mark.django_db


def page_of(client: Client, order: Order, language: str = "en") -> HtmlElement:
    client.cookies["django_language"] = language
    return document_fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)


def stops(page: HtmlElement) -> list[tuple[str, str, str]]:
    """The mark, the name and the date of each, as text."""
    found = []
    for stop in page.xpath('//ol[@class="stops"]/li'):
        for hidden in stop.xpath('.//*[@class="sr"]'):
            hidden.drop_tree()
        found.append((stop.get("class"), stop.findtext("b"), stop.xpath("normalize-space(span[last()])")))
    return found


def make_moves(order: Order, *moves: tuple[str, str, str]) -> None:
    """The moves of an order, each with its actor and its day."""
    for move, by, day in moves:
        with time_machine.travel(f"2026-{day} 10:00+08:00", tick=False):
            if move == "submit":
                actions.submit(order, actor=order.owner)
            else:
                fire(order, move, by, facts=queries.facts_of(order))


@time_machine.travel("2026-12-01 10:00+08:00", tick=False)
def test_a_submitted_order_is_at_our_review_until_the_day_of_our_answer(client: Client) -> None:
    order = make_order(province="12")
    make_moves(order, ("submit", APPLICANT, "12-01"))

    page = page_of(client, order)

    assert stops(page) == [
        ("done", "Submitted", "1 Dec"),
        ("now", "Our review", "by 2 Dec"),
        ("todo", "Photo", ""),
        ("todo", "Phones", ""),
        ("todo", "The authority", ""),
        ("todo", "Approved", ""),
    ]
    assert page.xpath('count(//ol[@class="stops"]/li[@aria-current="step"])') == 1
    assert page.xpath('//*[@class="stepper"]') == []
    assert [name for _mark, name, _date in stops(page_of(client, order, "zh-hans"))] == [
        "已提交", "初审", "拍照核验", "短信核验", "管局", "已通过",
    ]  # fmt: skip


@pytest.mark.parametrize(("province", "stop"), [("64", "Phones"), ("44", "The authority")])
def test_the_day_by_which_we_submit_is_not_shown_as_that_of_phones_or_authority(
    client: Client, province: str, stop: str
) -> None:
    order = make_order(province=province)
    make_moves(
        order,
        ("submit", APPLICANT, "12-01"),
        ("accept", REVIEWER, "12-02"),
        ("send_photo", APPLICANT, "12-03"),
        ("accept_photo", REVIEWER, "12-07"),
    )

    with time_machine.travel("2026-12-07 10:00+08:00", tick=False):
        page = page_of(client, order)

    assert "We will submit it to the authority by Tue 8 Dec" in page.text_content()
    assert ("now", stop, "") in stops(page)


def test_without_phone_verification_the_photo_has_the_day_on_which_it_was_accepted(client: Client) -> None:
    order = make_order(province="44")
    make_moves(
        order,
        ("submit", APPLICANT, "12-01"),
        ("accept", REVIEWER, "12-02"),
        ("send_photo", APPLICANT, "12-03"),
        ("accept_photo", REVIEWER, "12-07"),
    )
    with time_machine.travel("2026-12-07 10:00+08:00", tick=False):
        submitting = stops(page_of(client, order))
    make_moves(order, ("reported", AUTHORITY, "12-08"))
    with time_machine.travel("2026-12-08 10:00+08:00", tick=False):
        submitted = stops(page_of(client, order))

    assert [("done", "Photo", "7 Dec") in each for each in (submitting, submitted)] == [True, True]


def test_an_approved_order_names_the_day_of_each_stop(client: Client) -> None:
    order = make_order(province="64")
    make_moves(
        order,
        ("submit", APPLICANT, "12-01"),
        ("accept", REVIEWER, "12-02"),
        ("send_photo", APPLICANT, "12-03"),
        ("refuse_photo", REVIEWER, "12-04"),
        ("send_photo", APPLICANT, "12-05"),
        ("accept_photo", REVIEWER, "12-07"),
        ("grant", AUTHORITY, "12-20"),
    )

    with time_machine.travel("2026-12-20 10:00+08:00", tick=False):
        found = stops(page_of(client, order))

    assert {mark for mark, _name, _date in found} == {"done"}
    dates = {name: date for _mark, name, date in found}
    assert (dates["Submitted"], dates["Our review"], dates["Photo"]) == ("1 Dec", "2 Dec", "7 Dec")
    assert (dates["The authority"], dates["Approved"]) == ("20 Dec", "20 Dec")


@pytest.mark.parametrize("state", [states.DRAFT, states.RETURNED, states.LAPSED, states.AUTHORITY_RETURNED])
def test_an_order_that_its_owner_has_to_change_keeps_the_steps(client: Client, state: str) -> None:
    page = page_of(client, make_order(state=state))

    assert stops(page) == []
    assert page.xpath('//*[contains(@class, "stepper")]')
