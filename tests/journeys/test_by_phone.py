"""A paper photographed with a phone: the computer shows a code, a phone-sized browser opens it, the picture arrives."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.rehearsal.transfer import picture
from tests.journeys.person import Person
from tests.journeys.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.worker]
PHONE = {"width": 360, "height": 740}


def test_a_phone_sends_the_papers_while_the_computer_watches(
    portal: Portal, window: Page, browser: Browser, tmp_path: Path
) -> None:
    person = Person(portal, window, tmp_path, province="44")
    person.sign_up()
    person.verify_type()
    person.pass_the_gates()
    person.enter_the_details()

    person.open(f"/transfers/{person.reference}/documents/")
    person.tick("[name=way][value=phone]")
    window.locator("form.paper-way button").click()
    window.locator(".hand-off-offer button").first.click()
    expect(window.locator("#hand-off")).to_have_attribute("data-state", "waiting")
    assert window.locator(".hand-off-code").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100

    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")
    mobile = context.new_page()
    mobile.goto(window.locator(".hand-off-link .code").inner_text())
    assert mobile.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(window.locator("#hand-off")).to_have_attribute("data-state", "connected", timeout=15_000)

    file = tmp_path / "licence.jpg"
    file.write_bytes(picture(f"licence {person.reference}", width=1400, height=1000))
    mobile.locator("#slot-subject_id-1 input[type=file]").set_input_files(str(file))
    mobile.locator("#slot-subject_id-1 .slot-form button:not([type])").click()
    expect(mobile.locator("#slot-subject_id-1.slot-ready")).to_be_visible(timeout=30_000)
    expect(mobile.locator("main img")).to_have_count(0)
    arrived = window.locator("#hand-off .task", has_text="Subject's document").first
    expect(arrived).to_contain_text(re.compile("Done|Ready"), timeout=30_000)

    other = browser.new_context(viewport=PHONE).new_page()
    assert (answer := other.goto(mobile.url)) is not None
    assert answer.status == 404

    window.locator("form[action$='/by-phone/end/'] button").click()
    mobile.reload()
    expect(mobile.locator("input[type=file]")).to_have_count(0)
    context.close()
    other.context.close()
