"""Pages on a phone whose owner reads with letters twice as large (WCAG 1.4.4): nothing has to be scrolled sideways."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_place, make_ready_document, make_user, sign_in
from tests.transfers.cancels import make_website
from tests.walk.looks import Eyes
from transfers.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PHONE = 390


def cancelled() -> Order:
    owner = make_user()
    website = make_website(owner)
    return make_order(owner, domain=website.domain, kind=states.CANCELLATION, state=states.CANCELLED, website=website)


def with_papers() -> Order:
    order = make_order()
    make_ready_document(order, "statement")
    return order


PAGES: dict[str, Callable[[], tuple[Order, str]]] = {
    "cancelled": lambda: ((order := cancelled()), order.get_absolute_url()),
    "documents": lambda: ((order := with_papers()), reverse("documents", args=[order.reference])),
    "slot": lambda: ((order := with_papers()), reverse("slot", args=[order.reference, "statement"])),
    "phones": lambda: (
        (order := make_order(state=states.PHONE_DUE, province="12")),
        reverse("phones", args=[order.reference]),
    ),
    "filings": lambda: (make_order(state=states.SUBMITTED), reverse("dashboard") + "?tab=ours"),
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_with_letters_twice_as_large_a_phone_shows_the_whole_width(
    client: Client, browser: Any, name: str, language: str
) -> None:
    order, address = PAGES[name]()
    sign_in(client, order.owner)
    client.cookies["django_language"] = language
    eyes = Eyes(browser, client)
    eyes.turn("light", PHONE)
    eyes.context.new_cdp_session(eyes.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})

    eyes.open(address)
    size = eyes.page.evaluate("getComputedStyle(document.documentElement).fontSize")
    width = eyes.page.evaluate("document.documentElement.scrollWidth")
    eyes.close()

    assert (size, width) == ("32px", PHONE)


def test_with_letters_twice_as_large_the_ways_to_the_photo_are_read_in_words_not_in_single_characters(
    client: Client, browser: Any
) -> None:
    make_place()
    order = make_order(state=states.PHOTO_DUE)
    sign_in(client, order.owner)
    client.cookies["django_language"] = "zh-hans"
    eyes = Eyes(browser, client)
    eyes.turn("light", PHONE)
    eyes.context.new_cdp_session(eyes.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})

    eyes.open(reverse("photo", args=[order.reference]))
    widths = eyes.page.evaluate("[...document.querySelectorAll('.waycard label')].map(each => each.offsetWidth)")
    eyes.close()

    assert widths
    assert min(widths) > 4 * 32
