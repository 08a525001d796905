"""Visitors in a browser, which caches public pages for a minute: choices and signing in and out are visible at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.transfers.builders import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, live_server):
    with browser.new_context(locale="en", base_url=live_server.url) as context:
        yield context.new_page()


def home_and_help(page: Page) -> None:
    """Both by links, like a person, so that the browser may use its cache."""
    page.locator("nav a[href='/help/']").click()
    page.locator("a.brand").click()
    page.locator("nav a[href='/help/']").click()


def test_language_and_theme_change_at_once_on_cached_pages(page: Page) -> None:
    page.goto("/")
    home_and_help(page)

    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    home_and_help(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")

    page.locator("details.menu > summary").click()
    page.locator("button[name=theme][value=dark]").click()
    home_and_help(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.go_back()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_signing_in_and_out_is_visible_on_cached_pages(page: Page) -> None:
    user = make_user("lin@example.com", mobile="13700000001")
    bell, out = page.locator("header a[href='/messages/']"), page.locator("header button.menu-out")
    page.goto("/")
    home_and_help(page)
    expect(bell).to_have_count(0)

    page.goto("/account/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form .actions button").first.click()
    expect(bell).to_be_visible()
    home_and_help(page)
    expect(bell).to_be_visible()

    page.locator("details.menu > summary").click()
    out.click()
    home_and_help(page)
    expect(bell).to_have_count(0)
    page.go_back()
    expect(bell).to_have_count(0)


def test_the_terms_are_read_beside_a_refused_sign_up_and_what_was_typed_is_still_there(page: Page) -> None:
    """They opened in its place; Back led to the browser's own page of errors, and all had to be typed again."""
    page.goto("/account/signup/")
    page.fill("[name=email]", "lin@example.com")
    page.fill("[name=mobile]", "13700000001")
    page.locator("main form .actions button").first.click()
    expect(page.locator("main [role=alert]").first).to_be_visible()

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Terms of use (opens in a new tab)").click()

    expect(opened.value.locator("h1")).to_have_text("Terms of use")
    expect(page.locator("[name=email]")).to_have_value("lin@example.com")
    expect(page.locator("[name=mobile]")).to_have_value("13700000001")
