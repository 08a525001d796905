"""In a browser: the search box is at the head of every page, Enter answers, with script and without."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("script", "theme"), [(True, "light"), (False, "dark")], ids=["script", "no-script"])
def test_a_caller_is_found_from_any_page_and_nothing_typed_is_in_an_address(
    browser: Browser, live_server, script: bool, theme: str
) -> None:
    order = make_order(state=states.SUBMITTED, domain="paper-shop.cn")
    session = settings.SESSION_COOKIE_NAME
    signed_in = sign_in(Client(), make_reviewer()).cookies[session].value
    context = browser.new_context(java_script_enabled=script)
    for name, value in {"django_language": "en", "theme": theme, session: signed_in}.items():
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))

    page.goto(live_server.url + reverse("admin:filings_subject_changelist"))
    page.get_by_role("searchbox", name="Search orders").fill("13900000002")
    page.keyboard.press("Enter")

    found = page.get_by_role("row", name=order.reference)
    expect(found).to_contain_text("mobile of the website administrator")
    expect(page.get_by_role("searchbox", name="Search orders")).to_have_value("13900000002")
    if script:
        violations = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in violations] == []
    found.get_by_role("link", name=order.reference).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.reference)
    assert [url for url in visited if "13900000002" in url] == []
    context.close()
