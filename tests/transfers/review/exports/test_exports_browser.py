"""In a browser: a list as a file, whose page stays."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order
from tests.transfers.review.exports.test_exports import EXPORT, WHY, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_old_error_goes_when_the_file_comes(browser: Browser, live_server) -> None:
    make_order(state=states.SUBMITTED)
    session = settings.SESSION_COOKIE_NAME
    context = browser.new_context(accept_downloads=True)
    for name, value in {
        "django_language": "en",
        session: signed_in(make_lead_reviewer()).cookies[session].value,
    }.items():
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + EXPORT)
    page.get_by_role("button", name="Export").click()
    error = page.get_by_text("Say what the list is needed for")
    expect(error).to_be_visible()

    page.get_by_label("What the list is needed for").fill(WHY)
    with page.expect_download() as file:
        page.get_by_role("button", name="Export").click()

    assert file.value.suggested_filename.startswith("orders-")
    expect(error).not_to_be_attached()
    context.close()
