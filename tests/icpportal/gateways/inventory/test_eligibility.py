"""Which instances may carry a filed website."""

from datetime import date

import pytest

from icpportal.gateways.inventory.eligibility import RULES, qualifies
from tests.icpportal.gateways.inventory.conftest import instance

TODAY = date(2026, 11, 25)


def test_a_subscription_on_the_mainland_with_an_address_qualifies():
    assert qualifies(instance(), TODAY) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"mainland": False}, "instance_region"),
        ({"billing": "payg", "ends_on": None}, "instance_payg"),
        ({"ends_on": date(2026, 11, 24)}, "instance_expired"),
        ({"started_on": date(2026, 11, 1), "ends_on": date(2026, 12, 1)}, "instance_term"),
        ({"public_ip": ""}, "instance_no_ip"),
        ({"public_ip": "2001:db8::10"}, "instance_ipv6"),
    ],
)
def test_the_rule_broken_by_an_instance_is_named(change, rule):
    assert qualifies(instance(**change), TODAY) == rule


def test_every_rule_has_an_instance_above_that_breaks_it():
    assert [rule for rule, _ in RULES] == [
        "instance_region",
        "instance_payg",
        "instance_expired",
        "instance_term",
        "instance_no_ip",
        "instance_ipv6",
    ]


def test_an_instance_that_cannot_be_reported_is_named_after_what_its_owner_can_fix(settings):
    settings.SERVER_PROVINCE = "11,64"
    unknown = {"product": "quantum", "region": "nowhere"}

    assert [qualifies(instance(**change), TODAY) for change in ({**unknown, "public_ip": ""}, unknown)] == [
        "instance_no_ip",
        "instance_product",
    ]
    assert qualifies(instance(region="nowhere"), TODAY) == "instance_place"
    assert qualifies(instance(region="nowhere", province="64"), TODAY) is None


@pytest.mark.parametrize(
    ("started_on", "ends_on", "rule"),
    [
        (date(2026, 9, 1), date(2026, 12, 1), None),
        (date(2026, 9, 1), date(2026, 11, 30), "instance_term"),
        (date(2026, 8, 31), date(2026, 11, 30), None),
        (date(2026, 11, 30), date(2027, 2, 28), None),
        (date(2026, 11, 30), date(2027, 2, 27), "instance_term"),
    ],
)
def test_three_calendar_months_are_enough_and_one_day_less_is_not(started_on, ends_on, rule):
    assert qualifies(instance(started_on=started_on, ends_on=ends_on), TODAY) == rule


def test_the_whole_subscription_counts_and_not_its_remaining_time():
    assert qualifies(instance(started_on=date(2021, 12, 1), ends_on=date(2026, 11, 26)), TODAY) is None


@pytest.mark.parametrize(
    ("ends_on", "rule"), [(date(2026, 11, 26), None), (TODAY, "instance_expired"), (None, "instance_term")]
)
def test_a_server_has_expired_on_its_expiry_day(ends_on, rule):
    assert qualifies(instance(ends_on=ends_on), TODAY) == rule


def test_an_expired_server_with_a_short_term_must_be_renewed():
    row = instance(started_on=date(2026, 9, 1), ends_on=date(2026, 10, 1))

    assert qualifies(row, TODAY) == "instance_expired"
