"""The receipt of an order in a real browser."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_for_a_reader_elsewhere_the_receipt_is_no_wider_than_a_small_window(browser: Browser, live_server: Any) -> None:
    """Our answer's date in two time zones pushed the order number out of the window."""
    order = make_order(state=states.SUBMITTED, submitted_at=timezone.now())
    context = browser.new_context(viewport={"width": 800, "height": 800}, timezone_id="America/St_Johns")
    session = sign_in(Client(), order.owner).cookies["session"].value
    cookies = {"session": session, "django_language": "en"}
    context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
    page = context.new_page()

    page.goto(live_server.url + reverse("sent", args=[order.reference]))

    assert page.get_by_text("GMT-").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") == 800
    context.close()
