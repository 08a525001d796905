"""Words typed at the desk after the session ended stay in the page, and are saved once signed in again elsewhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from icpportal.accounts.models import User
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer
from tests.transfers.review.desk import case_of, window
from transfers.calls import actions as calls
from transfers.models import ColleagueNote, Order, ReviewDraft
from transfers.review.leases import assign_to_me

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "rang for a minute"


@pytest.fixture
def reviewer() -> User:
    return make_reviewer(language="en")


@pytest.fixture
def order(reviewer: User) -> Order:
    found = make_order(state=states.SUBMITTED)
    assign_to_me(found, reviewer)
    return found


@pytest.fixture
def desk(browser: Browser, live_server: Any, reviewer: User) -> Iterator[Page]:
    with window(browser, live_server.url, reviewer) as page:
        yield page


def end_session(page: Page) -> list[Any]:
    """The session is over; returns the cookies with which it goes on."""
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    return cookies


def come_back(page: Page, cookies: list[Any]) -> None:
    """Signs in again in another tab, and returns to this one: signing in renews the token of forms."""
    new = [{**each, "value": "n" * 32} if each["name"] == settings.CSRF_COOKIE_NAME else each for each in cookies]
    page.context.add_cookies(new)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-sign-in]")).to_be_hidden()


def test_a_note_for_colleagues_outlives_the_session(desk: Page, order: Order) -> None:
    desk.goto(desk.base + case_of(order, "more"))  # type: ignore[attr-defined]
    cookies = end_session(desk)

    desk.get_by_label("Note", exact=True).fill(WORDS)
    expect(desk.locator("[data-saved]")).to_have_text("Not saved: you are signed out")
    expect(desk.get_by_label("Note", exact=True)).to_be_in_viewport(ratio=1)
    expect(desk.locator("[data-saved]")).to_be_in_viewport(ratio=1)
    expect(desk.locator("[data-sign-in]")).to_be_in_viewport(ratio=1)
    desk.get_by_role("button", name="Keep the note").click()

    expect(desk.get_by_label("Note", exact=True)).to_have_value(WORDS)
    come_back(desk, cookies)
    assert ReviewDraft.objects.get().typed["note-words"] == WORDS
    desk.get_by_role("button", name="Keep the note").click()
    expect(desk.get_by_text("Your note is kept with the order")).to_be_visible()
    assert [note.words for note in ColleagueNote.objects.all()] == [WORDS]
    assert "403" in desk.complaints.pop()  # type: ignore[attr-defined]  # to the token of the session that ended


def test_what_is_typed_about_a_call_outlives_the_session(desk: Page, order: Order, reviewer: User) -> None:
    call = calls.ask(order, reviewer, role="subject_lead", about="One digit differs", part="website.site_name")
    url = desk.base + reverse("admin:desk_call", args=[call.pk])  # type: ignore[attr-defined]
    desk.goto(url)
    cookies = end_session(desk)

    desk.get_by_label("Note for the next colleague").fill(WORDS)
    expect(desk.locator("[data-saved]")).to_have_text("Not saved: you are signed out")
    desk.get_by_role("button", name="Save the call").click()

    expect(desk.get_by_label("Note for the next colleague")).to_have_value(WORDS)
    come_back(desk, cookies)
    desk.goto(url)
    expect(desk.get_by_label("Note for the next colleague")).to_have_value(WORDS)
    assert "403" in desk.complaints.pop()  # type: ignore[attr-defined]  # to the token of the session that ended


def test_words_on_the_page_of_all_other_actions_take_no_case(desk: Page, reviewer: User) -> None:
    free = make_order(state=states.SUBMITTED)
    ReviewDraft.objects.create(order=free, reviewer=reviewer, round=1, typed={"verdict.website.site_name": "ok"})
    desk.goto(desk.base + case_of(free, "more"))  # type: ignore[attr-defined]

    desk.get_by_label("Note", exact=True).fill(WORDS)

    expect(desk.locator("[data-saved]")).to_contain_text("Saved")
    assert Order.objects.get(pk=free.pk).reviewer is None


CLOSED = "Not saved: you may no longer do this. Copy what you typed, and ask operations for the role"


@pytest.mark.parametrize("page", ["case", "more"])
@pytest.mark.parametrize(("is_staff", "status"), [(True, "403"), (False, "404")])
def test_who_may_review_no_more_is_neither_told_to_press_a_button_nor_to_sign_in(
    desk: Page, order: Order, reviewer: User, page: str, *, is_staff: bool, status: str
) -> None:
    desk.goto(desk.base + case_of(order, page))  # type: ignore[attr-defined]
    reviewer.groups.clear()
    User.objects.filter(pk=reviewer.pk).update(is_staff=is_staff)

    desk.locator("[data-signed-out] [name='verdict.website.site_name'], [name='note-words']").first.evaluate(
        "field => field.dispatchEvent(new Event('input', { bubbles: true }))"
    )

    expect(desk.locator("[data-saved]")).to_have_text(CLOSED)
    expect(desk.locator("[data-sign-in]")).to_be_hidden()
    assert {status in each for each in desk.complaints} == {True}  # type: ignore[attr-defined]
    desk.complaints.clear()  # type: ignore[attr-defined]


def test_who_may_review_no_more_and_presses_a_button_reads_that_nothing_was_saved(
    desk: Page, order: Order, reviewer: User
) -> None:
    desk.goto(desk.base + case_of(order, "more"))  # type: ignore[attr-defined]
    reviewer.groups.clear()

    desk.get_by_role("button", name="Keep the note").click()

    expect(desk.get_by_text("ask operations to change your role")).to_be_visible()
    expect(desk.get_by_text("Nothing was saved. Go back one page to copy what you typed.")).to_be_visible()
    assert "403" in desk.complaints.pop()  # type: ignore[attr-defined]
    desk.goto(desk.base + case_of(order, "more"))  # type: ignore[attr-defined]
    expect(desk.get_by_text("Nothing was saved")).to_be_hidden()
    assert "403" in desk.complaints.pop()  # type: ignore[attr-defined]
