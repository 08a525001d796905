"""A cancellation in a real browser, with a real worker: to its result, stopped by nobody but its owner."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.manners import PHONE, Manner, walked
from tests.journeys.person import Person, Reviewer
from tests.journeys.portal import Portal
from tests.journeys.test_transfer import accept, get_approval, submit

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def approve_transfer(portal: Portal, window: Page, reviewer: Reviewer, folder: Path, manner: Manner) -> Person:
    """A person whose transfer was approved, in a province that asks for both phones."""
    person = submit(portal, window, folder, manner=manner)
    accept(person, reviewer)
    get_approval(person, window)
    return person


def to_the_code(person: Person, window: Page) -> None:
    """From my filings over the consequences, with a fresh proof of identity, to the page of the code."""
    person.open("/filings/?tab=sites")
    window.get_by_role("rowheader").get_by_role("link", name=person.domain, exact=True).click()
    window.locator("a[href$='/cancel/']").click()
    expect(window.locator("main")).to_contain_text(f"{person.number}-1")
    person.tick("[name=understood]")
    person.press()
    window.wait_for_url(re.compile("/account/step-up/|/cancel/code/"))
    if "/account/step-up/" in window.url:
        known = known_codes(person, person.mobile)
        window.locator("button[name=send][value=sms]").click()
        wait_for_another(person, person.mobile, known)
        window.fill("[name=code]", person.newest_code(person.mobile))
        window.locator("main form:has([name=code]) button.button").first.click()
    expect(window).to_have_url(re.compile("/cancel/code/$"))
    person.reference = window.url.split("/transfers/")[1].split("/")[0]


def known_codes(person: Person, mobile: str) -> int:
    return len(person.desk.get(f"/demo/messages/?to={mobile}").find("code", class_="code"))


def wait_for_another(person: Person, mobile: str, known: int) -> None:
    """Waits until another code was texted: an older one would be wrong."""
    for _ in range(60):
        if known_codes(person, mobile) > known:
            return
        person.page.wait_for_timeout(300)
    raise AssertionError("no code came")


def enter_the_code(person: Person, window: Page) -> None:
    known = known_codes(person, person.admin.mobile)
    person.tick("[name=to][value=administrator]")
    window.locator("button[name=send]").click()
    wait_for_another(person, person.admin.mobile, known)
    window.fill("[name=code]", person.newest_code(person.admin.mobile))
    window.locator("main form:has([name=code]) button.button").first.click()


def the_other_tab_and_back_find_it_sent(person: Person, other: Page) -> None:
    """A page opened before the order was sent does not send it a second time."""
    other.locator("button.button-danger").click()
    expect(other).to_have_url(re.compile(f"/transfers/{person.reference}/$"))
    other.close()
    person.page.go_back()
    expect(person.page.locator(".order-head")).to_be_visible()
    expect(person.page.locator("button.button-danger")).to_have_count(0)


@walked(Manner("zh-hans", PHONE, lost_line=True))
def test_a_transfer_is_cancelled_from_the_filing_page_to_the_result(
    portal: Portal, window: Page, reviewer: Reviewer, tmp_path: Path, manner: Manner
) -> None:
    person = approve_transfer(portal, window, reviewer, tmp_path, manner)
    to_the_code(person, window)
    enter_the_code(person, window)

    window.fill("[name=filing_password]", "wrong-one")
    person.press()
    expect(window.locator(".error-summary")).to_be_visible()
    window.fill("[name=filing_password]", person.password)
    person.press()
    expect(window).to_have_url(re.compile("/cancel/confirm/$"))
    other = window.context.new_page()
    other.goto(window.url)
    if manner.lost_line:
        person.press_as_the_line_breaks("button.button-danger")
    else:
        window.locator("button.button-danger").dblclick()
    expect(window.locator(".order-head")).to_be_visible()
    window.wait_for_load_state("networkidle")  # the second press leads there too
    the_other_tab_and_back_find_it_sent(person, other)

    person.sees("authority_review")
    person.authority_decides("grant")
    person.sees("cancelled")
    expect(window.locator("main")).to_contain_text(f"{person.number}-1")
    person.open("/filings/?tab=sites")
    expect(window.get_by_role("rowheader").get_by_role("link", name=person.domain, exact=True)).to_have_count(0)


@pytest.mark.long  # the walk above opens a second tab too
def test_a_second_tab_and_the_back_button_show_the_current_order(
    portal: Portal, browser: Browser, window: Page, reviewer: Reviewer, tmp_path: Path
) -> None:
    person = approve_transfer(portal, window, reviewer, tmp_path, Manner())
    to_the_code(person, window)
    enter_the_code(person, window)
    window.fill("[name=filing_password]", person.password)
    person.press()
    other = window.context.new_page()
    other.goto(window.url)

    window.locator("button.button-danger").click()
    expect(window.locator(".order-head")).to_be_visible()
    the_other_tab_and_back_find_it_sent(person, other)
    person.sees("authority_review")
    expect(window.locator(".timeline").first).to_be_visible()
