"""In a browser: the options and links for the chosen province, with script and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.transfers.builders import make_user, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request: Any, browser: Browser, live_server: Any) -> Iterator[Page]:
    """The page of the filing type, opened by a signed-in reader."""
    client = sign_in(Client(), make_user())
    cookies = {
        "django_language": "en",
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    context = browser.new_context(java_script_enabled=request.param)
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    opened = context.new_page()
    opened.goto(live_server.url + reverse("verify-type"))
    yield opened
    context.close()


def choose(page: Page, province: str) -> None:
    """Chooses a province: without script a button loads its cities."""
    page.get_by_label("Province", exact=True).select_option(label=province)
    button = page.get_by_role("button", name="Show cities and counties")
    if button.is_visible():
        button.click()


def test_the_link_to_local_rules_follows_the_province(page: Page) -> None:
    rules = page.locator("#local-rules a")
    expect(rules).to_have_text("Rules of every province")

    choose(page, "Guangdong")
    expect(rules).to_have_text("Rules of the Guangdong authority")
    choose(page, "Tianjin")

    expect(rules).to_have_text("Rules of the Tianjin authority")
    rules.click()
    expect(page.locator("h1")).to_contain_text("Tianjin")


def test_a_reader_of_english_finds_city_and_district_in_pinyin(page: Page) -> None:
    choose(page, "Guangdong")
    page.get_by_label("City").select_option(label="深圳市 Shenzhen")
    button = page.get_by_role("button", name="Show cities and counties")
    if button.is_visible():
        button.click()
    page.get_by_label("County or district").select_option(label="罗湖区 Luohu")

    expect(page.get_by_label("County or district")).to_have_value("440303")
