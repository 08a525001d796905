"""In a browser: Enter in a text of the review desk decides nothing and loses nothing, with script and without."""

import pytest
from django.conf import settings
from django.test import Client
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
    sign_in,
)
from tests.transfers.cancels import make_website
from transfers.models import CauseCancellation, Order, ReviewDraft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS = {
    states.SUBMITTED: ("words.website.site_name", "words.paper.statement", "call-words", "refuse-words"),
    states.PHOTO_REVIEW: ("photo-words", "call-words", "refuse-words"),
    states.APPROVED: ("call-words",),
}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def desk(request, browser: Browser, live_server):
    """A lead reviewer's window: every button of the case page is drawn for them."""
    client = sign_in(Client(), make_lead_reviewer())
    session = settings.SESSION_COOKIE_NAME
    cookies = {"django_language": "en", session: client.cookies[session].value}
    context = browser.new_context(java_script_enabled=request.param)
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.set_default_timeout(10_000)
    page.base = live_server.url
    yield page
    context.close()
    assert complaints == []


def saved(page: Page) -> None:
    """Enter was pressed: wait until the page has said so."""
    expect(page.locator("[data-saved]:not(:empty), .messagelist .success").first).to_be_visible()


def open_case(page: Page, order: Order) -> None:
    page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))


FIRST, *OTHERS = TEXTS


@pytest.mark.parametrize("state", [FIRST, *(pytest.param(each, marks=pytest.mark.long) for each in OTHERS)])
def test_enter_in_a_text_of_the_case_page_decides_nothing_and_keeps_it(desk: Page, state: str) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=state)
    make_ready_document(order, "photo")
    before = Order.objects.filter(pk=order.pk).values().get()

    for name in TEXTS[state]:
        open_case(desk, order)
        if name.startswith("words."):
            desk.select_option(f"[name='{name.replace('words', 'reason')}']", "own")
        desk.fill(f"[name='{name}']", "不清楚")
        desk.press(f"[name='{name}']", "Enter")
        saved(desk)

    after = Order.objects.filter(pk=order.pk).values().get()
    typed = ReviewDraft.objects.get().typed
    assert (after, moves(order), Message.objects.count()) == (before, [], 0)
    assert {name: typed.get(name) for name in TEXTS[state]} == dict.fromkeys(TEXTS[state], "不清楚")
    open_case(desk, order)
    for name in TEXTS[state]:
        expect(desk.locator(f"[name='{name}']")).to_have_value("不清楚")


@pytest.mark.parametrize("desk", [True], ids=["script"], indirect=True)
def test_what_is_typed_is_saved_without_a_button_and_there_after_a_reload(desk: Page) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=states.SUBMITTED)
    open_case(desk, order)

    desk.select_option("[name='reason.website.site_name']", "site_name")
    with desk.expect_response(lambda answer: "改名称" in (answer.request.post_data or "")):
        desk.locator("[name='words.website.site_name']").press_sequentially("改名称")  # and the cursor stays in it
    expect(desk.locator("[data-saved]")).to_contain_text("Saved")
    desk.reload()

    expect(desk.locator("[name='reason.website.site_name']")).to_have_value("site_name")
    expect(desk.locator("[name='words.website.site_name']")).to_have_value("改名称")


def test_what_was_chosen_is_there_after_a_reload_a_claim_and_a_noted_call(desk: Page) -> None:
    make_reason("site_name", "website.site_name")
    order = make_order(state=states.SUBMITTED)
    open_case(desk, order)
    reason, words = desk.locator("[name='reason.website.site_name']"), desk.locator("[name='words.website.site_name']")

    reason.select_option("site_name")
    words.fill("改名称")
    desk.click("[value=claim]")
    expect(desk.locator("[value=release]")).to_be_visible()
    desk.select_option("[name='reason.paper.statement']", "own")
    desk.fill("[name='call-words']", "已接通")
    desk.click("[value=call]")
    expect(desk.locator(".messagelist")).to_contain_text("The call is recorded")
    desk.reload()

    expect(reason).to_have_value("site_name")
    expect(words).to_have_value("改名称")
    expect(desk.locator("[name='reason.paper.statement']")).to_have_value("own")
    desk.click("[value=accept]")
    expect(desk.locator(".errornote")).to_contain_text("Not accepted")
    assert moves(order) == ["call"]


def test_enter_in_a_text_about_a_cancellation_for_cause_asks_for_nothing(desk: Page) -> None:
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
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert CauseCancellation.objects.get().words == "域名解析到别处"
