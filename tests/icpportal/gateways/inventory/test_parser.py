"""Anything that is not an instance is an error, not a guess."""

from datetime import date

import pytest

from icpportal.gateways.errors import Retryable
from icpportal.gateways.inventory.parser import instance_of, instances_of
from tests.icpportal.gateways.inventory.conftest import instance

RAW = {
    "id": "i-example0001",
    "name": "示例服务器",
    "product": "ecs",
    "region": "银川示例机房",
    "mainland": True,
    "billing": "subscription",
    "started_on": "2026-05-01",
    "ends_on": "2027-05-01",
    "public_ip": "192.0.2.10",
    "codes_max": 5,
}


def test_an_instance_is_read_and_unknown_fields_are_ignored():
    assert instance_of({**RAW, "colour": "blue"}) == instance()


def test_five_codes_are_the_default():
    raw = {name: value for name, value in RAW.items() if name != "codes_max"}

    assert instance_of(raw).codes_max == 5


def test_pay_as_you_go_has_no_expiry():
    assert instance_of({**RAW, "billing": "payg", "ends_on": None}).ends_on is None
    assert instance_of({**RAW, "billing": "payg", "ends_on": "2026-12-01"}).ends_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": 7},
        {"id": "i" * 201},
        {"product": None},
        {"mainland": "yes"},
        {"mainland": None},
        {"billing": "monthly"},
        {"started_on": "yesterday"},
        {"ends_on": ""},
        {"ends_on": 20270501},
        {"public_ip": "192.0.2"},
        {"codes_max": -1},
        {"codes_max": True},
        {"codes_max": "5"},
        {"codes_max": 101},
    ],
)
def test_an_instance_with_something_unreadable_is_a_temporary_error(change):
    with pytest.raises(Retryable):
        instance_of({**RAW, **change})


@pytest.mark.parametrize("raw", [None, "<html>", 7, [], ["i-example0001"]])
def test_a_value_that_is_no_instance_is_a_temporary_error(raw):
    with pytest.raises(Retryable):
        instance_of(raw)


@pytest.mark.parametrize("raw", [None, "<html>", {"instances": []}, [RAW, "x"]])
def test_a_value_that_is_no_list_is_a_temporary_error(raw):
    with pytest.raises(Retryable):
        instances_of(raw)
