"""In a browser: what a screen reader reads out about the case is punctuated as its language is."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reviewer
from tests.transfers.review.desk import window
from transfers.review.leases import assign_to_me

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("language", "read_out"), [("en", "Website name. Website details"), ("zh-hans", "网站名称。网站信息")]
)
def test_the_part_in_focus_is_read_out_with_the_full_stop_of_the_language(
    browser: Browser, live_server, language: str, read_out: str
) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    assign_to_me(order, reviewer)
    make_ready_document(order, "subject_id")

    with window(browser, live_server.url, reviewer) as page:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
        page.locator(".parts-nav a[href='#p-website-site-name']").click()
        said = page.locator("body > p.sr[role=status]").text_content()

    assert said == read_out
