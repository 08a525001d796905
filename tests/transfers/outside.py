"""The outside systems of the pages under test: an in-memory ministry and server list, and a person's entries."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from icpportal.gateways.inventory import fake as lists
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.miit import fake as ministries
from icpportal.gateways.miit.types import FilingStatus
from tests.transfers.builders import TYPE, make_user, sign_in
from transfers.models import Order

SUBJECT = "宁ICP备00000000号"
PASSWORD = "Abc12345"
ALICE = "alice@example.com"


@pytest.fixture
def ministry(settings: Any) -> Iterator[type[ministries.FakeAuthority]]:
    """Knows the sample filing of example.com and its password."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    world = ministries.FakeAuthority
    world.forget()
    on_file(world, "example.com")
    world.passwords[SUBJECT] = PASSWORD
    yield world
    world.forget()


def on_file(world: Any, domain: str, *, id_type: int = 1, number: str = "91649999000000019L", subject: str = SUBJECT):
    """Adds a filing to the in-memory ministry."""
    world.subjects[id_type, number] = FilingStatus(filed=True, subject_number=subject)
    world.sites[domain] = FilingStatus(filed=True, subject_number=subject, site_number=f"{subject}-1")


@pytest.fixture
def servers(settings: Any) -> Iterator[dict[str, list[Instance]]]:
    """The provider's server list: one good server of Alice's."""
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.FakeInventory"
    lists.FakeInventory.accounts = {ALICE: [server()]}
    yield lists.FakeInventory.accounts
    lists.FakeInventory.accounts = {}


def server(id: str = "i-example0001", **changes: Any) -> Instance:
    """A server that qualifies, except for the changes."""
    today = date.today()
    facts: dict[str, Any] = {
        "name": "示例服务器",
        "product": "ecs",
        "region": "sample",
        "mainland": True,
        "billing": "subscription",
        "started_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=365),
        "public_ip": "192.0.2.10",
    }
    return Instance(id=id, **{**facts, **changes})


def alice(**columns: Any) -> Any:
    return make_user(ALICE, **columns)


def typed_type(province: str = "64", **changes: str) -> dict[str, str]:
    """The entries of step 1 for the sample organisation."""
    region = TYPE[province]["region"]
    return {
        "nature": "enterprise",
        "id_type": "1",
        "id_number": "91649999000000019L",
        "name": "宁夏示例纸业有限公司",
        "region_province": region[:2],
        "region_city": f"{region[:4]}00",
        "region_county": region,
        "domain": "example.com",
        **changes,
    }


def as_sent(answers: dict[str, Any]) -> dict[str, Any]:
    """Stored answers as form data."""
    return {
        name: ("on" if value is True else value) for name, value in answers.items() if value not in (False, None, [])
    }


def page_of(order: Order, step: str) -> str:
    return reverse("step", args=[order.reference, step])


def look(client: Client, order: Order, step: str, language: str = "en") -> str:
    """The page of a step as shown to its owner."""
    answer = sign_in(client, order.owner).get(page_of(order, step), headers={"accept-language": language})
    assert answer.status_code == 200
    return str(answer.content.decode())


def cost(ask: Callable[[], Any]) -> int:
    """The number of queries of a request, session and account included, savepoints not."""
    with CaptureQueriesContext(connection) as found:
        ask()
    return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)


def send(client: Client, order: Order, step: str, data: dict[str, Any]) -> Any:
    """Submits a step, signed in as the owner."""
    return sign_in(client, order.owner).post(page_of(order, step), data)


def errors(answer: Any) -> dict[str, list[str]]:
    """The codes of the form's errors, by field."""
    found = answer.context["form"].errors.as_data()
    return {field: [each.code for each in wrong] for field, wrong in found.items()}


def reload(order: Order) -> Order:
    """The order as stored."""
    return Order.objects.get(pk=order.pk)
