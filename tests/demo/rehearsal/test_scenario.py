"""The places of rehearsals: any province, in a county that the pages offer."""

import random

from demo import fake_data
from demo.rehearsal.scenario import REGIONS
from filings.provinces import PROVINCES
from filings.register import regions
from filings.register.numbers import FilingNumber


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
