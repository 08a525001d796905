"""The place of the servers: required at the start of a production portal, before anything is served."""

import pytest

from filings.register import regions
from icpportal.gateways.inventory.places import PROVINCES, faults
from icpportal.gateways.miit.codes.code_names import PLACES
from icpportal.gateways.miit.operations import settings_check
from tests.icpportal.production import manage


def test_the_provinces_are_the_mainlands_and_the_ministry_has_a_number_for_each():
    assert sorted(PROVINCES) == sorted(each.code for each in regions.provinces())
    assert set(PROVINCES) <= set(PLACES)


@pytest.mark.parametrize("text", ["", " ", ",", "6", "00", "71", "81", "640000", "宁夏", "64;11", "64,99", "change-me"])
def test_an_invalid_province_is_named_with_an_example(text):
    (words,) = faults(text, {})

    assert "SERVER_PROVINCE" in words
    assert "SERVER_PROVINCE=64" in words


@pytest.mark.parametrize("places", [[], "11", {"cn-beijing": "12"}, {"cn-beijing": 11}, {"cn-beijing": "北京"}])
def test_an_unusable_table_of_regions_is_named(places):
    (words,) = faults("11,64", places)

    assert words.startswith("SERVER_PLACES")


@pytest.mark.parametrize(("province", "places"), [("64", {}), ("11, 64", {"cn-beijing": "11"}), ("11,64,", {})])
def test_one_province_or_several_are_valid(province, places):
    assert faults(province, places) == []


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (("check", "--deploy"), {"SERVER_PROVINCE": ""}),
        (("migrate",), {"SERVER_PROVINCE": "6401"}),
        (("miit", "status"), {"SERVER_PLACES": "beijing"}),
    ],
)
def test_no_command_runs_in_production_without_a_place_and_says_so_in_one_line(command, changed):
    done = manage(*command, **changed)

    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert next(iter(changed)) in line


def test_the_status_of_the_ministrys_interface_needs_one(settings):
    settings.SERVER_PROVINCE = ""

    (words,) = settings_check.faults()

    assert "SERVER_PROVINCE" in words
