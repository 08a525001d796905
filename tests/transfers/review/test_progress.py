"""In a browser: how far a case is judged, said after each verdict."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reviewer
from tests.transfers.review.desk import window
from transfers.review import second_look
from transfers.review.cases.parts.parts import OTHER
from transfers.review.leases import assign_to_me

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_says_after_each_rule_of_a_photo_what_keeps_it_from_being_accepted(
    browser: Browser, live_server
) -> None:
    order, reviewer = make_order(state=states.PHOTO_REVIEW), make_reviewer()
    assign_to_me(order, reviewer)
    for slot in ("photo", "admin_id"):
        make_ready_document(order, slot)

    with window(browser, live_server.url, reviewer) as page:
        page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
        rules = page.locator(".rules li").count()
        lacking, full_ring = page.locator(".lacking"), page.locator(".ring.closed")

        page.keyboard.press("1")
        expect(lacking).to_have_text(f"{rules - 1} rules without a verdict")
        page.keyboard.press("2")
        expect(lacking).to_have_text(f"{rules - 2} rules without a verdict, 1 rule not met")
        expect(page.locator(".tallies")).to_contain_text("1 met")
        page.keyboard.press("k")
        for _rule in range(rules - 1):
            page.keyboard.press("1")

        expect(full_ring).to_have_count(1)
        expect(page.get_by_role("button", name="Accept the photo…")).to_be_visible()


def test_the_page_of_a_second_look_counts_the_parts_of_the_order_beside_the_rules_of_its_photo(
    browser: Browser, live_server
) -> None:
    """It said "7 of 43 judged" after one key, and offered to confirm what had no verdict."""
    order, reviewer = make_order(state=states.PHOTO_REVIEW), make_reviewer()
    second_look.ask(order, make_reviewer(), "accept_photo", ["drawn"], timezone.now())
    assign_to_me(order, reviewer)
    for slot in ("photo", "admin_id"):
        make_ready_document(order, slot)

    with window(browser, live_server.url, reviewer) as page:
        page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
        confirm, judged = page.locator(".accept"), page.locator(".strong.judged")
        every = int((judged.text_content() or "").split()[-2])

        for _rule in range(page.locator(".rules li").count()):
            page.keyboard.press("1")

        expect(confirm).to_be_hidden()
        needed = "document.querySelectorAll('.part:not([data-optional]) .verdicts input[value=ok]')"
        page.evaluate(f"{needed}.forEach((each) => each.click())")
        expect(confirm).to_be_visible()
        expect(judged).to_have_text(f"{every} of {every} judged")


def test_a_verdict_on_a_part_that_needs_none_counts_among_all(browser: Browser, live_server) -> None:
    """It said "42 of 41 judged" until the page was opened again."""
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    assign_to_me(order, reviewer)

    with window(browser, live_server.url, reviewer) as page:
        page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
        judged = page.locator(".strong.judged")
        every = int((judged.text_content() or "").split()[-2])
        page.locator(f"[name='verdict.{OTHER}'][value=ok]").evaluate("each => each.click()")

        expect(judged).to_have_text(f"1 of {every + 1} judged")
        expect(page.locator("[data-saved]")).to_contain_text("Saved")
        page.reload()
        expect(judged).to_have_text(f"1 of {every + 1} judged")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_missing_is_said_in_the_same_words_after_a_verdict_and_after_the_page_is_opened_again(
    browser: Browser, live_server, language: str
) -> None:
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    assign_to_me(order, reviewer)

    with window(browser, live_server.url, reviewer) as page:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": page.base}])
        page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
        lacking, said = page.locator(".lacking"), []
        for verdict in ("ok", "return"):
            page.locator(f".verdicts input[value={verdict}]").first.evaluate("each => each.click()")
            expect(page.locator("[data-saved]")).to_contain_text({"en": "Saved", "zh-hans": "已保存"}[language])
            said.append(lacking.text_content())
            page.reload()
            said.append(lacking.text_content())

    assert (said[0], said[2]) == (said[1], said[3])
    assert {"en": "parts without a verdict, 1 to return", "zh-hans": "项未审核、1 项退回"}[language] in str(said[2])
