"""A hundred orders over the real wire, with random faults: each reported once, each answered once, numbers unbroken."""

import pytest

from icpportal.gateways.miit.simulator.client import SimulatorClient
from tests.transfers.many import carry

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_hundred_orders_are_reported_once_and_answered_once_whatever_goes_wrong(on_the_wire: SimulatorClient) -> None:
    figures = carry(on_the_wire, 100, seed=2026)

    assert figures.wrong == []
    assert figures.tries > figures.files  # or nothing went wrong
    assert figures.deliveries > figures.downloads
