"""In a browser: the lists of My filings begin at the line below their tabs."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from tests.transfers.builders import make_order, make_user, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_list_hangs_on_the_line_below_its_tabs_and_its_search(browser: Browser, live_server: Any) -> None:
    """A strip of the page lay between the tabs and their list."""
    order = make_order(make_user())
    session = sign_in(Client(), order.owner).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()

    page.goto(live_server.url + reverse("dashboard"))
    tools, rows = (page.locator(each).bounding_box() for each in (".list-tools", ".dense"))
    context.close()

    assert tools is not None
    assert rows is not None
    assert rows["y"] == tools["y"] + tools["height"]
