"""Nothing typed is lost, in a real browser: a test for each way in which it could be."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect

from icpportal.drafts import storage
from icpportal.drafts.models import PageDraft
from tests.transfers.builders import PASSWORD, make_order, sign_in
from tests.transfers.outside import page_of
from transfers.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "林半句"
Open = Callable[..., Page]


@pytest.fixture
def order() -> Order:
    return make_order(province="64", steps=("service_code", "filing_password"))


@pytest.fixture
def window(browser: Any, live_server: Any, order: Order) -> Iterator[Open]:
    """Opens the subject's page in a window of its owner, with or without script."""
    opened: list[BrowserContext] = []

    def open_page(*, script: bool = True, context: BrowserContext | None = None) -> Page:
        if context is None:
            context = browser.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
            opened.append(context)
            session = sign_in(Client(), order.owner).cookies["session"].value
            cookies = {"session": session, "django_language": "en"}
            context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page = context.new_page()
        page.goto(live_server.url + page_of(order, "subject"))
        return page

    yield open_page
    for context in opened:
        context.close()


def name_on(page: Page) -> Any:
    return page.locator("#id_lead_name")


def kept_by_the_clock(page: Page) -> None:
    """Types, and lets twenty seconds pass."""
    page.clock.install()
    page.reload()
    name_on(page).fill(TYPED)
    page.clock.fast_forward(20_000)
    expect(page.locator(".draft-status")).to_contain_text("Saved ")


def test_every_twenty_seconds_the_page_is_kept_and_says_when(window: Open, order: Order) -> None:
    page = window()
    version = order.version

    kept_by_the_clock(page)

    order.refresh_from_db()
    assert PageDraft.objects.get().typed["lead_name"] == [TYPED]
    assert (order.version, page.locator(".draft-status").inner_text()[:6]) == (version, "Saved ")


def test_a_reload_loses_nothing(window: Open) -> None:
    page = window()
    name_on(page).fill(TYPED)

    page.reload()

    expect(name_on(page)).to_have_value(TYPED)
    expect(page.get_by_text("This page shows what you typed, not what is saved")).to_be_visible()


def test_what_was_typed_last_is_shown_although_the_page_was_drawn_before_it_arrived(
    window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, is_drawn, keep = window(), Event(), storage.keep_typed
    name_on(page).fill("林早先")
    page.reload()
    expect(name_on(page)).to_have_value("林早先")
    monkeypatch.setattr(storage, "keep_typed", lambda *given: is_drawn.wait(20) and keep(*given))

    name_on(page).fill(TYPED)
    page.reload()
    is_drawn.set()

    expect(name_on(page)).to_have_value(TYPED)


@pytest.mark.parametrize("script", [True, False])
def test_the_language_switch_loses_nothing(window: Open, script: bool) -> None:
    page = window(script=script)
    name_on(page).fill(TYPED)

    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(name_on(page)).to_have_value(TYPED)


def test_back_loses_nothing(window: Open) -> None:
    page = window()
    name_on(page).fill(TYPED)

    page.locator(".brand").click()
    page.go_back()

    expect(name_on(page)).to_have_value(TYPED)


def test_a_second_window_shows_the_entries_of_the_first_one(window: Open) -> None:
    first = window()
    kept_by_the_clock(first)

    second = window(context=first.context)

    expect(name_on(second)).to_have_value(TYPED)
    expect(name_on(first)).to_have_value(TYPED)


@pytest.mark.parametrize("script", [True, False])
def test_a_lost_session_costs_a_sign_in_and_nothing_else(window: Open, order: Order, script: bool) -> None:
    page = window(script=script)
    name_on(page).fill(TYPED)
    Session.objects.all().delete()

    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Email or mobile").fill(order.owner.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(name_on(page)).to_have_value(TYPED)


def test_a_lost_connection_keeps_the_text_in_the_page_and_sends_it_later(window: Open) -> None:
    page = window()
    page.clock.install()
    page.reload()
    name_on(page).fill(TYPED)
    page.context.set_offline(True)

    page.clock.fast_forward(20_000)
    expect(page.locator(".draft-status")).to_contain_text("No connection. Your text stays in this page")
    page.get_by_role("button", name="Save and continue").click()
    expect(name_on(page)).to_have_value(TYPED)
    page.context.set_offline(False)
    page.clock.fast_forward(5_000)

    expect(page.locator(".draft-status")).to_contain_text("Saved ")
    assert PageDraft.objects.get().typed["lead_name"] == [TYPED]


def test_a_press_without_a_connection_does_not_block_the_next_one(window: Open) -> None:
    page = window()
    name_on(page).fill(TYPED)
    press = page.get_by_role("button", name="Save and continue")

    page.context.set_offline(True)
    press.click()
    expect(page.locator(".draft-status")).to_contain_text("No connection")
    expect(press).not_to_have_attribute("aria-busy", "true")
    page.context.set_offline(False)
    expect(page.locator(".draft-status")).to_contain_text("Saved ")
    press.click()

    expect(page.locator("#error-summary")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_refused_page_can_be_reloaded_and_returned_to_without_a_question(window: Open, script: bool) -> None:
    page = window(script=script)
    name_on(page).fill(TYPED)

    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.reload()
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator(".brand").click()
    page.go_back()

    expect(name_on(page)).to_have_value(TYPED)


def test_what_is_typed_after_a_stopped_press_is_not_lost(window: Open) -> None:
    page = window()
    held: list[Route] = []
    page.route("**/subject/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.locator("#page-form").evaluate(
        """async (form) => {
            form.requestSubmit();
            await new Promise((done) => setTimeout(done, 500));
            window.stop();
        }"""
    )
    for route in held:
        route.abort()

    name_on(page).fill(TYPED)
    page.locator(".brand").click()
    page.go_back()

    assert len(held) == 1
    expect(name_on(page)).to_have_value(TYPED)


def test_nothing_typed_is_stored_in_the_browser(window: Open) -> None:
    page = window()

    kept_by_the_clock(page)

    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stored == "[{},{}]"
    assert not any(TYPED in str(cookie) for cookie in page.context.cookies())
