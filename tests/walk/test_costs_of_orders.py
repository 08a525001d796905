"""The queries of the pages of an order, of each kind and in each state: within their limit, and none of them twice."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.inside.pages import Act, queries_of, signed_in
from bench.parts.pages import KINDS
from tests.transfers import states
from tests.walk.world import World
from transfers.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("steady_cache")]
OF_TRANSFERS = ("order", "people", "documents", "check", "photo", "phones", "sent")
STEPS = ("service_code", "subject", "website", "administrator")


def pages_of(order: Order) -> Iterator[str]:
    if order.kind == states.CANCELLATION:
        yield from (reverse(name, args=[order.reference]) for name in ("order", "cancel-consequences"))
        return
    yield from (reverse(name, args=[order.reference]) for name in OF_TRANSFERS)
    yield from (reverse("step", args=[order.reference, step]) for step in STEPS)
    yield from (reverse("slot", args=[order.reference, slot]) for slot in ("statement", "lead_id"))


def test_no_page_of_an_order_asks_the_database_the_same_twice(made: World) -> None:
    owner = signed_in(made.people["owner"])
    repeated: dict[str, list[str]] = {}
    opened: set[str] = set()

    for order in made.orders:
        for url in pages_of(order):
            if owner.get(url).status_code != 200:  # fills the caches, too
                continue
            with CaptureQueriesContext(connection) as asked:
                owner.get(url)
            times = Counter(each["sql"] for each in asked if each["sql"].startswith("SELECT"))
            if again := [sql for sql, number in times.items() if number > 1]:
                repeated[f"{made.about(url)} {url}"] = again
            opened.add(made.about(url))

    assert len(opened) > 20
    assert repeated == {}


def test_the_page_of_an_order_takes_at_most_eight_queries(made: World) -> None:
    owner = signed_in(made.people["owner"])

    asked = {}
    for order in made.orders:
        page = Act("order", "order", lambda order=order: owner.get(order.get_absolute_url()))
        asked[made.about(order.get_absolute_url())] = queries_of(page)[0]

    assert {name: number for name, number in asked.items() if number > KINDS["order"].must} == {}
