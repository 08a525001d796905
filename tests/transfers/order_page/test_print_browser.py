"""An order's pages on paper: what only leads elsewhere takes no space there."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order", "Receipt, and what follows after submitting"),
        ("sent", "This page stays: you can bookmark it."),
        ("sent", "Submitted by mistake?"),
    ],
)
def test_a_printed_page_has_no_words_that_only_a_screen_can_follow(
    browser: Browser, live_server: Any, name: str, words: str
) -> None:
    """They came alone on a second sheet, or made an empty one."""
    order = make_order(state=states.SUBMITTED, submitted_at=timezone.now())
    context = browser.new_context()
    session = sign_in(Client(), order.owner).cookies["session"].value
    cookies = {"session": session, "django_language": "en"}
    context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
    page = context.new_page()
    page.goto(live_server.url + reverse(name, args=[order.reference]))
    line = page.get_by_text(words)
    expect(line).to_be_visible()

    page.emulate_media(media="print")

    expect(line).to_be_hidden()
    context.close()
