"""An import in a real browser, with a real worker: a forgotten account is found, previewed, and imported once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.manners import PHONE, Manner, walked
from tests.journeys.person import Person
from tests.journeys.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.worker]
OLD_PASSWORD = "Old-Quay-2012"


def put_on_old_platform(person: Person, domain: str, number: int) -> None:
    page = person.desk.get("/demo/old-platform/")
    page = person.desk.send(
        page.form("account_email", "domain"),
        account_email=f"old-{person.email}",
        account_password=OLD_PASSWORD,
        id_number=person.code,
        name=person.company,
        region=person.region,
        domain=domain,
        subject_number=person.number,
        site_number=f"{person.number}-{number}",
        lead_phone1=person.lead.mobile,
    )
    assert page.find(id="loaded"), page.trouble()


@walked(Manner("en", PHONE))
def test_a_forgotten_account_is_found_and_one_of_its_websites_imported(
    portal: Portal, window: Page, tmp_path: Path, manner: Manner
) -> None:
    person = Person(portal, window, tmp_path, manner=manner)
    other = f"shop-{person.domain}"
    for number, domain in enumerate((person.domain, other), 1):
        put_on_old_platform(person, domain, number)
    person.sign_up()

    person.open("/import/")
    window.locator("a[href='/import/find/']").click()
    window.fill("[name=domain]", person.domain)
    person.press()
    expect(window.locator("#code-sent")).to_be_visible()
    window.fill("[name=code]", person.newest_code(person.lead.mobile))
    person.press()
    expect(window.locator("#found-account")).to_contain_text("o***@example.com")

    person.open("/import/")
    window.fill("[name=old_account]", f"old-{person.email}")
    window.fill("[name=old_password]", OLD_PASSWORD)
    person.press()
    expect(window.locator(".import-head")).to_have_attribute("data-state", "previewed")
    window.locator(f"input[name=site][value='{other}']").uncheck(force=True)
    window.locator("#page-form button[name=run]").dblclick()

    expect(window.locator(f"tr[data-domain='{person.domain}']")).to_have_attribute("data-outcome", "imported")
    expect(window.locator(".import-head")).to_have_attribute("data-state", "imported")
    expect(window.locator(f"tr[data-domain='{other}']")).to_have_count(0)
    window.go_back()
    expect(window.locator("#page-form button[name=run]")).to_have_count(0)
    person.open("/filings/?tab=sites")
    main = window.locator("main")
    expect(main.get_by_role("link", name=person.domain, exact=True)).to_have_count(1)
    expect(main.get_by_role("link", name=other, exact=True)).to_have_count(0)
    expect(window.locator("html")).to_have_attribute("lang", re.compile(manner.language, re.IGNORECASE))
