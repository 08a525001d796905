"""Transfer another in a real browser: the button, the known subject, papers used again, to approval."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.manners import Manner, walked
from tests.journeys.person import Person, Reviewer
from tests.journeys.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def approve(person: Person, reviewer: Reviewer) -> None:
    """From the complete order to the authority's approval."""
    reviewer.open(person.reference)
    reviewer.accept()
    person.sees("photo_due")
    person.send_the_photo()
    reviewer.open(person.reference)
    reviewer.accept_the_photo()
    person.sees("authority_review")
    person.authority_decides("grant")
    person.sees("approved")


def on_file(portal: Portal, window: Page, folder: Path, reviewer: Reviewer, manner: Manner) -> Person:
    """A person whose first website has been transferred here."""
    person = Person(portal, window, folder, province="44", manner=manner)
    person.sign_up()
    person.verify_type()
    person.pass_the_gates()
    person.enter_the_details()
    person.upload_the_papers()
    person.submit()
    approve(person, reviewer)
    return person


def bring_another(person: Person) -> None:
    """The button on my filings, the domain, and the tick boxes of the papers."""
    page = person.page
    person.open("/filings/?tab=sites")
    page.locator(".sheet-foot a[href*='/transfers/another/']").first.click()
    expect(page.locator(".earlier-papers li")).to_have_count(3)
    page.fill("[name=domain]", person.domain)
    person.press()
    expect(page.locator(".outcome")).to_have_attribute("data-outcome", "transfer_another")
    person.tick("[name=again_lead_id]")
    person.tick("[name=again_subject_id]")
    person.press()
    expect(page.locator("#id_agree_error, [name=agree][aria-invalid=true]").first).to_be_visible()
    person.tick("[name=agree]")
    person.press()
    person.reference = page.url.split("/transfers/")[1].split("/")[0]


def enter_the_website(person: Person) -> None:
    """The subject is answered; the administrator of the first website is offered and must be confirmed."""
    page = person.page
    person.open(f"/transfers/{person.reference}/subject/")
    expect(page.locator("[name=lead_id_number]")).to_have_value(person.lead.id_number)
    person.open(f"/transfers/{person.reference}/website/")
    page.fill("[name=site_name]", "示例旅程第二站")
    person.tick("[name=content][value='8']")
    person.tick("[name=needs_approval][value=no]")
    person.press()
    person.open(f"/transfers/{person.reference}/administrator/")
    person.tick("[name=same_person][value=no]")
    expect(page.locator("[name=admin_id_number]")).to_have_value(person.admin.id_number)
    person.press()
    expect(page).to_have_url(re.compile("/people/$"))
    person.the_administrator_agrees()


def take_the_administrators_document(person: Person) -> None:
    page = person.page
    person.open(f"/transfers/{person.reference}/documents/admin_id/")
    page.click("button[name=again]")
    expect(page.locator(".slot-reused")).to_have_count(2)


@walked(Manner("zh-hans", script=False))  # the rehearsal walks it in the other language
def test_another_website_of_a_known_subject_walks_to_approval(
    portal: Portal, window: Page, reviewer: Reviewer, tmp_path: Path, manner: Manner
) -> None:
    person = on_file(portal, window, tmp_path, reviewer, manner)
    first = person.reference
    person.put_another_on_record()

    bring_another(person)
    person.pass_the_gates()
    enter_the_website(person)
    take_the_administrators_document(person)
    person.upload_the_papers("statement")
    person.submit()

    person.open("/filings/?tab=sites")
    expect(window.locator(f"[data-blocked-by='{person.reference}']")).to_be_visible()
    expect(window.locator(f"a[href$='/{person.reference}/do/withdraw/']")).to_be_visible()
    reviewer.open(person.reference)
    expect(reviewer.page.locator("main, body").first).to_contain_text(first)
    approve(person, reviewer)
    expect(window.locator("main")).to_contain_text(f"{person.number}-2")
    person.open("/filings/?tab=sites")
    expect(window.locator("main")).to_contain_text(person.domain)
    expect(window.locator(".sheet-foot a[href*='/transfers/another/']").first).to_be_visible()
