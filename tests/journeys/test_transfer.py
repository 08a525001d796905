"""A transfer in a real browser, with a real worker: to approval, returned and corrected, lapsed at 48 hours."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from demo.ministry.code_texts import TOO_LATE
from tests.journeys.manners import PHONE, Manner, walked
from tests.journeys.person import Person, Reviewer
from tests.journeys.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def submit(portal: Portal, window: Page, folder: Path, **about: object) -> Person:
    """A person who has submitted a complete order for review."""
    person = Person(portal, window, folder, **about)
    person.sign_up()
    person.verify_type()
    person.pass_the_gates()
    person.enter_the_details()
    if person.province == "12":
        person.prove_the_phones()
    person.upload_the_papers()
    person.submit()
    return person


def accept(person: Person, reviewer: Reviewer) -> None:
    reviewer.open(person.reference)
    reviewer.accept()
    person.sees("photo_due")
    person.send_the_photo()
    reviewer.open(person.reference)
    reviewer.accept_the_photo()


def get_approval(person: Person, window: Page) -> None:
    """The owner confirms at the ministry, and the authority approves."""
    person.sees("phone_due")
    person.confirm_at_the_ministry()
    person.sees("authority_review")
    person.authority_decides("grant")
    person.sees("approved")
    expect(window.locator("main")).to_contain_text(f"{person.number}-1")


@pytest.mark.long  # the walk of `test_cancel.py` begins with it, and the next one ends with it
@walked(Manner("en"), Manner("zh-hans", PHONE))
def test_a_transfer_walks_from_sign_up_to_approval(
    portal: Portal, window: Page, reviewer: Reviewer, tmp_path: Path, manner: Manner
) -> None:
    person = submit(portal, window, tmp_path, manner=manner)

    accept(person, reviewer)
    get_approval(person, window)

    person.open("/filings/?tab=sites")
    expect(window.locator("main")).to_contain_text(person.domain)


@pytest.mark.parametrize("manner", [Manner("en"), pytest.param(Manner("zh-hans"), marks=pytest.mark.long)], ids=str)
def test_a_returned_order_is_corrected_in_exactly_the_named_fields_and_approved(
    portal: Portal, window: Page, reviewer: Reviewer, tmp_path: Path, manner: Manner
) -> None:
    person = submit(portal, window, tmp_path, manner=manner)
    reviewer.open(person.reference)
    reviewer.name("website.site_name", "site_name")
    reviewer.name("paper.statement", "statement_unsealed")
    reviewer.send_back()

    person.sees("returned")
    expect(window.locator(".mend")).to_have_count(2)
    person.open(f"/transfers/{person.reference}/website/")
    expect(window.locator("[name=home_url]")).to_have_count(0)
    expect(window.locator("main")).to_contain_text("示例旅程品牌网")
    window.fill("[name=site_name]", "示例新名称品牌")
    person.press()
    person.upload_the_papers("statement")
    person.submit()

    reviewer.open(person.reference)
    reviewer.page.click(".parts-nav a[href='#p-website-site-name']")
    expect(reviewer.page.locator("#p-website-site-name .was")).to_be_visible()
    accept(person, reviewer)
    get_approval(person, window)


@pytest.mark.long
@pytest.mark.parametrize("manner", [Manner("en", PHONE)], ids=str)
def test_an_order_lapses_at_48_hours_explains_why_and_is_sent_again_unchanged(
    portal: Portal, window: Page, reviewer: Reviewer, tmp_path: Path, manner: Manner
) -> None:
    person = submit(portal, window, tmp_path, manner=manner, other_number_on_file=True)
    accept(person, reviewer)
    person.sees("phone_due")
    person.open(f"/transfers/{person.reference}/phones/")
    expect(window.locator(".person", has_text="you entered")).to_have_count(1)

    late = timezone.now() + timedelta(hours=48)
    portal.manage("sweep_deadlines", "--at", late.isoformat())

    person.sees("lapsed")
    expect(window.locator("main")).to_contain_text(f"{person.on_file[:3]}****{person.on_file[-4:]}")
    window.locator("form[action$='/do/resubmit/'] button").click()
    person.sees("handing_over")  # the ministry has not ended the first one yet
    portal.manage("simulator", "decide", person.domain, "turn_down", "--words", TOO_LATE)
    person.sees("phone_due")
