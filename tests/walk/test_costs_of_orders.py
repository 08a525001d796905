"""The queries of the pages of an order, of each kind and in each state: within their limit, and none of them twice."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from bench.inside.pages import Act, queries_of, signed_in
from bench.parts.pages import KINDS
from tests.transfers import states
from tests.walk.world import World
from transfers.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("steady_cache")]
OF_TRANSFERS = ("order", "people", "documents", "check", "photo", "phones", "sent")
STEPS = ("service_code", "subject", "website", "administrator")


# beyond the limit: reading what a return named, on the last page also the pictures that were replaced since; and there
# the consent by link beside the phones that were tested
RETURNED, CHECK, CHECK_RETURNED = 1, 1, 3


def pages_of(order: Order) -> Iterator[str]:
    if order.kind == states.CANCELLATION:
        yield from (reverse(name, args=[order.reference]) for name in ("order", "cancel-consequences"))
        return
    yield from (reverse(name, args=[order.reference]) for name in OF_TRANSFERS)
    yield from (reverse("step", args=[order.reference, step]) for step in STEPS)
    yield from (reverse("slot", args=[order.reference, slot]) for slot in ("statement", "lead_id"))


def most_of(url: str, order: Order) -> int:
    name, returned = str(resolve(url).url_name), order.state == states.RETURNED
    if name in ("order", "sent"):
        return int(KINDS["order"].must)
    if name == "check":
        return int(KINDS["hub"].must) + (CHECK_RETURNED if returned else CHECK)
    return int(KINDS["form" if name in ("step", "slot") else "hub"].must) + RETURNED * returned


def test_each_page_of_an_order_keeps_to_its_number_of_queries_and_asks_none_twice(made: World) -> None:
    owner = signed_in(made.people["owner"])
    beyond, opened = dict[str, list[str]](), set[str]()

    for order in made.orders:
        for url in pages_of(order):
            asked = queries_at(owner, url)
            if too_many(asked, url, order):
                asked = queries_at(owner, url)  # the shared caches are filled by now
            if asked:
                opened.add(made.about(url))
            if too_many(asked, url, order):
                beyond[f"{made.about(url)} {url}"] = asked

    assert len(opened) > 20
    assert beyond == {}


def queries_at(reader: Client, url: str) -> list[str]:
    """The queries of a page; none if it is not open now."""
    with CaptureQueriesContext(connection) as asked:
        is_open = reader.get(url).status_code == 200
    return [each["sql"] for each in asked if is_open]


def too_many(asked: list[str], url: str, order: Order) -> bool:
    selects = Counter(sql for sql in asked if sql.startswith("SELECT"))
    return len(asked) > most_of(url, order) or any(number > 1 for number in selects.values())


def test_my_filings_takes_at_most_six_queries_however_many_orders_it_lists(made: World) -> None:
    owner = signed_in(made.people["owner"])

    asked = queries_of(Act("my filings", "hub", lambda: owner.get(reverse("dashboard"))))[0]

    assert asked <= KINDS["hub"].must
