"""Every "Back" on every page of an order leads to the previous page, and finally to one without "Back"."""

import html
import itertools
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_place, make_user, sign_in
from tests.transfers.cancels import begin, make_website, order_of, prove_again, to_last_look
from transfers import urls
from transfers.models import Order
from verification.photos import places as photo_places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]
BACK = re.compile(r'<a class="back" href="([^"]*)"')
MANY = 12  # pages from the last to the first
GATES = ("service_code", "filing_password")
DETAILS = (*GATES, "subject", "website", "administrator")
VALUES: dict[str, tuple[str, ...]] = {
    "step": DETAILS,
    "role": ("subject_lead", "administrator", "both"),
    "slot": ("statement",),
    "side": ("1",),
    "move": ("withdraw", "abandon"),
    "token": ("nothing",),
}


def addresses(order: Order) -> Iterator[str]:
    """Every address of an order, whatever its state."""
    for pattern in urls.OF_ORDER:
        rest = list(pattern.pattern.converters)
        for values in itertools.product(*(VALUES[name] for name in rest)):
            yield reverse(pattern.name, kwargs={"reference": order.reference, **dict(zip(rest, values, strict=True))})


def pages(client: Client, order: Order) -> dict[str, str]:
    """The current pages of this order, by address, each with the target of its Back ("" without one)."""
    found = {}
    for address in addresses(order):
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            back = BACK.search(answer.content.decode())
            found[address] = html.unescape(back[1]) if back else ""
    return found


def landing_of(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address, follow=True)
    return answer.status_code, answer.request["PATH_INFO"]


def follow_all(client: Client, order: Order) -> set[str]:
    """Follows Back from each page until a page has none; returns the names of the pages seen."""
    found = pages(client, order)
    # many ways end in the same pages: each link is followed once, and not to a page just visited
    where = cache(lambda address: (200, address) if address in found else landing_of(client, address))
    for start in found:
        way = [start]
        while back := found.get(way[-1], ""):
            status, place = where(back)
            assert status == 200, (order.state, way, back)
            assert place not in way, (order.state, way, place)
            way.append(place)
            assert len(way) < MANY, way
    return {address for address, back in found.items() if back}


def backs(order: Order, *names: str) -> set[str]:
    return {reverse(name, args=[order.reference]) for name in names}


@pytest.mark.parametrize(
    ("kind", "profile", "steps"),
    [
        *((states.TRANSFER, "seed-2018", steps) for steps in ((), ("service_code",), GATES, DETAILS)),
        *((states.TRANSFER, "current-2020", steps) for steps in (("service_code",), DETAILS)),
        (states.TRANSFER_ANOTHER, "current-2020", DETAILS),
    ],
)
def test_every_back_of_a_draft_leads_to_the_previous_page(
    client: Client, kind: str, profile: str, steps: tuple[str, ...]
) -> None:
    """Back on the people page pointed to itself."""
    order = make_order(kind=kind, rule_profile=profile, steps=steps)

    seen = follow_all(sign_in(client, order.owner), order)

    assert seen >= backs(order, "order-type")
    assert steps != DETAILS or seen >= backs(order, "people", "documents", "check", "gates-passed")


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_every_back_of_a_transfer_in_any_state_leads_to_the_previous_page(client: Client, profile: str) -> None:
    """After submitting or a return the pages are others, and their Back has a target too."""
    for state in (
        states.RETURNED,
        states.SUBMITTED,
        states.PHONE_DUE,
        states.LAPSED,
        states.AUTHORITY_RETURNED,
    ):
        order = make_order(state=state, rule_profile=profile)

        follow_all(sign_in(client, order.owner), order)


def test_every_back_around_the_photo_leads_to_the_previous_page(client: Client) -> None:
    """The slip of a designated place, the backdrop, the withdrawal."""
    order = make_order(state=states.PHOTO_DUE)
    photo_places.choose(order.reference, make_place(), owner=order.owner, words={})

    seen = follow_all(sign_in(client, order.owner), order)

    assert seen >= backs(order, "photo", "photo-place-slip", "backdrop")


@pytest.mark.parametrize("last_look", [False, True])
def test_every_back_of_a_cancellation_leads_to_the_previous_page(client: Client, last_look: bool) -> None:
    """The other kind of order, at its beginning and at its last look."""
    user = make_user()
    website = make_website(user)
    prove_again(client, user)
    order: Any = to_last_look(client, website) if last_look else (begin(client, website), order_of(website))[1]

    seen = follow_all(client, order)

    assert seen >= backs(order, "cancel-code", *(["cancel-confirm"] if last_look else []))
    assert not last_look or pages(client, order)[reverse("cancel-confirm", args=[order.reference])] == reverse(
        "cancel-code", args=[order.reference]
    )
