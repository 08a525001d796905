"""The page of a claim in a real browser: a picture that was only chosen is not left behind."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from filings.legacy_import.claims import claims as claiming
from filings.models import LegacyClaim, LegacyRecord
from filings.models import legacy_states as states
from tests.filings.legacy_import.dumps import personal
from tests.filings.legacy_import.views.test_claims import ready
from tests.transfers.builders import sign_in
from tests.transfers.desk import photo_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNSENT = "This picture is not uploaded yet. Upload it first, or do that again to go on without it"
WORDS = "The second picture shows the new seal"


@pytest.fixture
def mine(old: Any, lin: Any) -> LegacyClaim:
    """A claim with one checked picture."""
    old(personal())
    mine = claiming.begin(lin, LegacyRecord.objects.get(domain="example.cn"))
    ready(mine)
    return mine


def open_page(browser: Browser, live_server: Any, mine: LegacyClaim) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    session = sign_in(Client(), mine.owner).cookies["session"].value
    cookies = {"session": session, "django_language": "en"}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(live_server.url + mine.get_absolute_url())
    return page


def choose(place: Locator) -> None:
    """Chooses a picture there; it is not uploaded."""
    place.locator('input[type="file"]').set_input_files(
        {"name": "seal.jpg", "mimeType": "image/jpeg", "buffer": photo_file().read()}
    )
    expect(place.locator("canvas")).to_be_visible()


def state_of(mine: LegacyClaim) -> str:
    return LegacyClaim.objects.get(pk=mine.pk).state


def test_a_chosen_picture_is_named_before_the_claim_goes_without_it(
    browser: Browser, live_server: Any, mine: LegacyClaim
) -> None:
    page = open_page(browser, live_server, mine)
    place = page.locator("#slot-paper-2")
    choose(place)
    page.locator('[name="words"]').fill(WORDS)

    page.locator("#page-form .button").click()

    expect(place.locator("[data-said]")).to_have_text(UNSENT)
    expect(place.get_by_role("button", name="Upload", exact=True)).to_be_focused()
    expect(page.locator('[name="words"]')).to_have_value(WORDS)
    assert state_of(mine) == states.OPEN

    page.locator("#page-form .button").click()

    expect(page.locator(f'[data-state="{states.SENT}"]')).to_be_visible()
    assert LegacyClaim.objects.get(pk=mine.pk).words == WORDS
    page.context.close()


def test_a_chosen_picture_in_a_fold_that_was_closed_since_is_shown_when_the_claim_is_held_back(
    browser: Browser, live_server: Any, mine: LegacyClaim
) -> None:
    page = open_page(browser, live_server, mine)
    place = page.locator("#slot-paper-1")
    place.locator("summary").click()
    choose(place)
    place.locator("summary").click()
    expect(place.locator("canvas")).to_be_hidden()

    page.locator("#page-form .button").click()

    expect(place.locator("[data-said]")).to_be_visible()
    expect(place.locator("[data-said]")).to_have_text(UNSENT)
    expect(place.get_by_role("button", name="Upload", exact=True)).to_be_focused()
    page.context.close()


def test_what_holds_back_the_change_of_language_speaks_of_no_submitting(
    browser: Browser, live_server: Any, mine: LegacyClaim
) -> None:
    page = open_page(browser, live_server, mine)
    place = page.locator("#slot-paper-2")
    choose(place)

    page.get_by_role("button", name="中文").click()

    expect(place.locator("[data-said]")).to_have_text(UNSENT)

    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.context.close()


def test_each_of_two_chosen_pictures_says_that_it_is_not_uploaded_yet(
    browser: Browser, live_server: Any, mine: LegacyClaim
) -> None:
    """Only the first was named: who uploaded it pressed again, and the second was lost."""
    page = open_page(browser, live_server, mine)
    places = [page.locator("#slot-paper-1"), page.locator("#slot-paper-2")]
    places[0].locator("summary").click()
    for place in places:
        choose(place)

    page.locator("#page-form .button").click()

    for place in places:
        expect(place.locator("[data-said]")).to_have_text(UNSENT)
    expect(places[0].get_by_role("button", name="Upload", exact=True)).to_be_focused()
    assert state_of(mine) == states.OPEN
    page.context.close()


def test_after_an_upload_the_place_of_the_next_picture_comes_before_the_button_that_submits(
    browser: Browser, live_server: Any, old: Any, lin: Any
) -> None:
    """It stood below the button, which stayed the second choice, below an error that no longer held."""
    old(personal())
    mine = claiming.begin(lin, LegacyRecord.objects.get(domain="example.cn"))
    page = open_page(browser, live_server, mine)
    page.locator('[name="words"]').fill(WORDS)
    page.locator("#page-form .button").click()
    expect(page.get_by_text("Upload at least one document")).to_be_visible()

    choose(page.locator("#slot-paper-1"))
    page.locator("#slot-paper-1").get_by_role("button", name="Upload", exact=True).click()

    expect(page.locator("#slot-paper-1 + #slot-paper-2")).to_be_visible()
    expect(page.locator("#slot-paper-2 ~ #page-form .button:not(.button-secondary)")).to_be_visible()
    expect(page.get_by_text("Upload at least one document")).to_have_count(0)
    expect(page.locator('[name="words"]')).to_have_value(WORDS)
    page.context.close()
