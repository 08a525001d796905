"""The places of rehearsals: any province, in a county that the pages offer."""

import random

import pytest
from django.test import Client
from django.urls import reverse

from demo import fake_data
from demo.rehearsal.http_browser import Page
from demo.rehearsal.scenario import REGIONS
from demo.rehearsal.transfer import gaps_on
from filings.provinces import PROVINCES
from filings.register import regions
from filings.register.numbers import FilingNumber
from tests.transfers.builders import make_order


def test_a_rehearsal_can_take_place_in_every_province_in_a_county_that_can_be_chosen():
    assert {code: county[:2] for code, (county, _name, _address) in REGIONS.items()} == {
        code: code for code in PROVINCES
    }
    assert [county for county, _name, _address in REGIONS.values() if not regions.is_county(county)] == []


def test_an_invented_filing_number_begins_with_its_provinces_character():
    dice = random.Random(1)

    assert {code: FilingNumber.parse(fake_data.filing_number(dice, code)).province for code in PROVINCES} == {
        code: code for code in PROVINCES
    }


def test_lead_and_administrator_are_two_people_even_where_the_dice_gives_them_one_birthday() -> None:
    throws = random.Random(13064)
    assert len({fake_data.person(throws, "12").id_number for _ in range(2)}) == 1

    lead, administrator = fake_data.two_people(random.Random(13064), "12")

    assert lead.id_number != administrator.id_number


@pytest.mark.django_db
def test_a_rehearsal_submits_only_when_nothing_is_missing_on_the_page_of_answers(client: Client) -> None:
    order = make_order()
    client.force_login(order.owner)

    url = reverse("check", args=[order.reference])
    missing = gaps_on(Page(url, 200, client.get(url, headers={"Accept-Language": "en"}).content.decode()))

    assert "is missing: upload it, then submit" in " ".join(missing)
