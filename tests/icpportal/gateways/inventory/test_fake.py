"""Server lists that fail on purpose."""

import time

import pytest

from demo.servers.inventory import FileInventory
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import fake
from icpportal.gateways.inventory.base import inventory
from tests.icpportal.gateways.inventory.conftest import instance


@pytest.fixture(autouse=True)
def two_accounts(monkeypatch):
    accounts = {"lin@example.com": [instance("i-1")], "chen@example.com": [instance("i-2")]}
    monkeypatch.setattr(fake.FakeInventory, "accounts", accounts)


def test_the_gateway_is_the_one_in_the_settings(settings):
    assert type(inventory()) is FileInventory

    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Nonsense"

    assert type(inventory()) is fake.Nonsense


def test_the_list_in_memory_answers_like_a_list():
    listed = fake.FakeInventory()

    assert [row.id for row in listed.instances("LIN@example.com")] == ["i-1"]
    assert listed.instances("nobody@example.com") == []
    assert listed.instance("i-2") == instance("i-2")
    assert listed.instance("i-3") is None
    listed.check()


@pytest.mark.parametrize(
    ("kind", "error"), [(fake.Refusing, Refused), (fake.Down, Retryable), (fake.Nonsense, Retryable)]
)
def test_a_bad_list_fails_at_every_call(kind, error):
    listed = kind()

    for question in (lambda: listed.instances("lin@example.com"), lambda: listed.instance("i-1"), listed.check):
        with pytest.raises(error):
            question()


def test_a_stalling_list_takes_all_the_time_granted_and_no_more(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.2
    begun = time.monotonic()

    with pytest.raises(Retryable):
        fake.Stalling().instances("lin@example.com")

    assert 0.2 <= time.monotonic() - begun < 0.6
