"""Many orders over real SOAP, with random faults: each reported once, each answered once, numbers unbroken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demo.ministry.api.client import SimulatorClient
from icpportal.gateways.miit.base import authority as gateway
from icpportal.gateways.miit.outgoing import sender
from tests.transfers.many import carry, deliver, place
from transfers.authority import results as authority
from transfers.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 50


def test_many_orders_are_reported_once_and_answered_once_whatever_goes_wrong(on_the_wire: SimulatorClient) -> None:
    figures = carry(on_the_wire, ORDERS, seed=2026)

    assert figures.wrong == []
    assert figures.tries > figures.files  # or nothing went wrong
    assert figures.deliveries > figures.downloads


def test_damage_bare_threes_and_a_closed_permission_do_not_keep_decisions_from_arriving(
    on_the_wire: SimulatorClient,
) -> None:
    on_the_wire.conduct(phones="auto", decides_after=0)
    first, second = place(on_the_wire, 2)
    deliver()
    assert gateway().send() == 2
    third = place(on_the_wire, 1)[0]
    deliver()
    on_the_wire.conduct(permitted=False)
    on_the_wire.fault("download", "hash", times=3)
    assert gateway().send() == 0

    for _ in range(3):
        authority.pull()
    for _ in range(4):
        on_the_wire.fault("download", "bare", times=3)
        authority.pull()

    assert [state_of(order) for order in (first, second, third)] == ["approved", "approved", "handing_over"]
    on_the_wire.conduct(permitted=True)
    sender.send_due(now=timezone.now() + timedelta(minutes=1))
    authority.pull()
    assert state_of(third) == "approved"


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state
