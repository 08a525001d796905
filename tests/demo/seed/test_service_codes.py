"""The demo's service codes: they show every case of the desk, and filling twice changes nothing."""

import json

import pytest
from django.urls import reverse

from demo.seed import free_filings, service_codes
from demo.servers.inventory import FileInventory
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from verification.models import CodeHandover, ServiceCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.INVENTORY_GATEWAY = "demo.servers.inventory.FileInventory"
    free_filings.servers()
    lin, zhao = make_user("lin@example.com"), make_user("zhao@example.com")
    orders = {state: make_order(lin, state=state) for state in (states.RETURNED, states.APPROVED)}
    service_codes.fill(lin, zhao)
    return lin, zhao, orders


def desk(client, user):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse("service-codes")).content.decode()


def test_the_demo_shows_every_case_of_the_desk(client, world):
    lin, zhao, orders = world

    mine, theirs = desk(client, lin), desk(client, zhao)

    for state in ("free", "bound", "used", "handed_over", "offered", "expired", "revoked"):
        assert f'data-state="{state}"' in mine, state
    for rule in ("ok", *(f"instance_{why}" for why in ("quota", "region", "payg", "expired", "term", "no_ip"))):
        assert f'data-rule="{rule}"' in mine, rule
    assert orders[states.RETURNED].get_absolute_url() in mine
    assert orders[states.APPROVED].domain in mine
    assert "Handed over to you: accept or decline" in theirs
    assert 'id="handed"' in theirs


def test_an_order_of_the_demo_holds_the_code_that_the_desk_shows(world):
    _lin, _zhao, orders = world
    order = orders[states.RETURNED]
    order.refresh_from_db()

    assert str(ServiceCode.objects.get(holder=order.reference).pk) == order.service_code


def test_filling_twice_changes_nothing(world):
    lin, zhao, _orders = world
    before = list(ServiceCode.objects.values()), CodeHandover.objects.count()

    service_codes.fill(lin, zhao)

    assert (list(ServiceCode.objects.values()), CodeHandover.objects.count()) == before


def test_the_server_that_a_newcomer_picks_first_has_all_its_codes_left(world):
    lin, _zhao, _orders = world
    instances = [row.id for row in FileInventory().instances(lin.email)]

    taken = ServiceCode.objects.filter(instance_id=instances[0])

    assert instances[0].startswith("i-example-")
    assert not taken.exists()
    assert json.loads((FileInventory().path).read_text("utf-8"))["everyone"][0]["codes_max"] == 5
