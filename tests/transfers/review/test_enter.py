"""In a browser: Enter in a text field of the review desk decides nothing and loses nothing, with script and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reason,
    make_user,
    moves,
)
from tests.transfers.cancels import make_website
from tests.transfers.review.desk import window
from transfers.models import CauseCancellation, Order, ReviewDraft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CASE = {states.SUBMITTED: ("words.website.site_name", "words.paper.statement"), states.PHOTO_REVIEW: ("photo-words",)}
MORE = {
    states.SUBMITTED: ("call-words", "refuse-words", "ask-words", "hand-words"),
    states.PHOTO_REVIEW: ("call-words", "refuse-words"),
}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def desk(request, browser: Browser, live_server):
    """A lead reviewer's window: every button of the case page is rendered for them."""
    with window(browser, live_server.url, make_lead_reviewer(), java_script_enabled=request.param) as page:
        yield page


def expect_saved(page: Page) -> None:
    """Waits until the page has reacted to Enter."""
    expect(page.locator("[data-saved]:not(:empty), .told .success").first).to_be_visible()


def open_case(page: Page, order: Order) -> None:
    page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))


def open_more(page: Page, order: Order) -> None:
    page.goto(page.base + reverse("admin:transfers_order_more", args=[order.pk]))


def return_part(page: Page, part: str) -> None:
    """Marks one part to be returned, by mouse; its reasons open."""
    anchor = "p-" + part.replace(".", "-").replace("_", "-")
    link = page.locator(f".parts-nav a[href='#{anchor}']")
    if link.is_visible():
        link.click()
    page.locator(f"#{anchor} label.return").click()


@pytest.mark.parametrize("state", [states.SUBMITTED, pytest.param(states.PHOTO_REVIEW, marks=pytest.mark.long)])
def test_enter_in_a_text_field_of_the_case_page_decides_nothing_and_keeps_the_text(desk: Page, state: str) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=state)
    make_ready_document(order, "photo")

    for name in CASE[state]:
        open_case(desk, order)
        if name.startswith("words."):
            return_part(desk, name.removeprefix("words."))
        desk.fill(f"[name='{name}']", "不清楚")
        desk.press(f"[name='{name}']", "Enter")
        expect_saved(desk)

    expect_undecided(order, state, CASE[state])


@pytest.mark.parametrize("state", [states.SUBMITTED, *(pytest.param(each, marks=pytest.mark.long) for each in MORE)])
def test_enter_in_a_text_field_of_the_page_of_all_other_actions_sends_nothing_and_keeps_the_text(
    desk: Page, state: str
) -> None:
    order = make_order(state=state)

    for name in MORE[state]:
        open_more(desk, order)
        desk.fill(f"[name='{name}']", "不清楚")
        desk.press(f"[name='{name}']", "Enter")
        expect_saved(desk)

    expect_undecided(order, state, MORE[state])
    open_more(desk, order)
    for name in MORE[state]:
        expect(desk.locator(f"[name='{name}']")).to_have_value("不清楚")


def expect_undecided(order: Order, state: str, names: tuple[str, ...]) -> None:
    """Nothing happened to the order, nobody was notified, and everything typed is kept."""
    typed = ReviewDraft.objects.get().typed
    assert (Order.objects.get(pk=order.pk).state, moves(order), Message.objects.count()) == (state, [], 0)
    assert {name: typed.get(name) for name in names} == dict.fromkeys(names, "不清楚")


@pytest.mark.parametrize("desk", [True], ids=["script"], indirect=True)
def test_typed_text_is_saved_without_a_button_and_there_after_a_reload(desk: Page) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=states.SUBMITTED)
    open_case(desk, order)

    return_part(desk, "website.site_name")
    desk.check("[name='reason.website.site_name'][value=site_name]")
    with desk.expect_response(lambda answer: "改名称" in (answer.request.post_data or "")):
        desk.locator("[name='words.website.site_name']").press_sequentially("改名称")  # and the cursor stays in it
    expect(desk.locator("[data-saved]")).to_contain_text("Saved")
    desk.reload()

    expect(desk.locator("[name='reason.website.site_name'][value=site_name]")).to_be_checked()
    expect(desk.locator("[name='words.website.site_name']")).to_have_value("改名称")


def test_marks_are_there_after_a_claim_a_recorded_call_and_a_reload(desk: Page) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=states.SUBMITTED)
    open_case(desk, order)

    return_part(desk, "website.site_name")
    desk.check("[name='reason.website.site_name'][value=site_name]")
    desk.fill("[name='words.website.site_name']", "改名称")
    claim = desk.locator("[value=claim]")
    if claim.is_visible():  # with script, the first verdict has claimed the order
        claim.click()
    open_more(desk, order)
    desk.fill("[name='call-words']", "差一位")
    desk.click("[value=call]")
    expect(desk.locator(".told")).to_contain_text("The call is in the list")
    desk.reload()

    expect(desk.locator("[name='reason.website.site_name'][value=site_name]")).to_be_checked()
    expect(desk.locator("[name='words.website.site_name']")).to_have_value("改名称")
    expect(desk.locator("a.accept")).to_be_hidden()
    assert moves(order) == ["call_planned"]


@pytest.mark.parametrize("desk", [True], ids=["script"], indirect=True)
def test_a_photo_is_accepted_by_several_keys_and_no_single_one(desk: Page) -> None:
    order = make_order(state=states.PHOTO_REVIEW)
    make_ready_document(order, "photo")
    open_case(desk, order)
    desk.keyboard.press("?")
    expect(desk.locator("#legend")).to_contain_text("Accept the photo…")
    desk.keyboard.press("Escape")

    desk.keyboard.press("a")
    for _rule in range(desk.locator(".rules li").count()):
        expect(desk.locator(".btn.accept")).to_be_hidden()
        desk.keyboard.press("1")
    expect(desk.locator(".btn.accept")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.keyboard.press("y")
    assert moves(order) == []
    desk.keyboard.press("a")
    expect(desk.locator("h1")).to_have_text("Accept the photo")
    assert moves(order) == []

    desk.keyboard.press("y")

    expect(desk.locator(".told .success")).to_contain_text("The photo is accepted")
    assert moves(order)[0] == "accept_photo"


def test_enter_in_a_text_field_about_a_cancellation_for_cause_requests_nothing(desk: Page) -> None:
    make_website(make_user("lin@example.com", mobile="13911110001"))
    desk.goto(desk.base + reverse("admin:transfers_causecancellation_add"))
    desk.fill("[name=domain]", "example.com")
    desk.select_option("[name=cause]", "shell_site")
    desk.fill("[name=words]", "域名解析到别处")

    for name in ("words", "domain"):
        desk.press(f"[name={name}]", "Enter")
        expect(desk.locator(".errorlist.nonfield")).to_contain_text("Nothing is asked yet")

    assert CauseCancellation.objects.count() == 0
    expect(desk.locator("[name=words]")).to_have_value("域名解析到别处")
    desk.click("[name=_save]")
    expect(desk.locator(".told .success")).to_be_visible()
    assert CauseCancellation.objects.get().words == "域名解析到别处"
