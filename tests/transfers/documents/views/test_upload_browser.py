"""Uploading in a real browser: dropped, rotated, reduced, resent after a lost connection, checked."""

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from icpportal.gateways import storage
from tests.transfers import states
from tests.transfers.builders import PASSWORD, make_order, sign_in
from tests.transfers.desk import agree
from transfers.models import Order
from verification.documents.examination import examine
from verification.models import Document

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIES_ON_ITS_SIDE = 6  # Exif: displayed rotated by a quarter to the right
UNSENDABLE = [
    ("scan.pdf", "application/pdf", b"%PDF-1.7", "Upload a JPEG, PNG, HEIC or WebP picture"),
    ("empty.jpg", "image/jpeg", b"", "The file is empty: choose another file"),
    ("tall.heic", "", bytes(9_000_000), "Larger than 8 MB: make it smaller or take it again"),
]
BROKE = re.compile("The connection broke. The picture stays in this page")
TO_FILES = """(contents) => {
  const data = new DataTransfer();
  contents.forEach((content, at) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], at ? `${at}.jpg` : "licence.jpg", { type: "image/jpeg" }));
  });
  return data;
}"""


@pytest.fixture
def order() -> Order:
    return make_order()


@pytest.fixture
def page(browser: Browser, live_server: Any, order: Order) -> Iterator[Page]:
    """A window of the order's owner, who reads English."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    session = sign_in(Client(), order.owner).cookies["session"].value
    cookies = {"session": session, "django_language": "en"}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    opened = context.new_page()
    opened.goto(live_server.url + reverse("documents", args=[order.reference]))
    yield opened
    context.close()


def camera_picture() -> bytes:
    """Larger than is stored, with a red edge at the sensor's top, and an orientation tag."""
    picture, exif = Image.new("RGB", (4400, 1000), "white"), Image.Exif()
    picture.paste("red", (0, 0, 4400, 100))
    exif[0x0112] = LIES_ON_ITS_SIDE
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def drop(page: Page, place: Locator, *contents: bytes) -> None:
    data = page.evaluate_handle(TO_FILES, [base64.b64encode(content).decode() for content in contents])
    place.dispatch_event("dragover", {"dataTransfer": data})
    expect(place).to_have_class(re.compile("is-over"))
    place.dispatch_event("drop", {"dataTransfer": data})


def test_a_dropped_picture_is_rotated_reduced_and_resent_when_the_connection_is_back(page: Page) -> None:
    row = page.locator("#row-subject_id")
    drop(page, row, camera_picture())
    row.get_by_role("button", name="Rotate").click()

    page.context.set_offline(True)
    row.get_by_role("button", name="Upload", exact=True).click()
    expect(row.get_by_role("status").filter(has_text=BROKE)).to_be_visible()
    expect(row.get_by_role("progressbar", name="Uploaded")).to_be_visible()
    expect(row.get_by_role("button", name="Try now")).to_be_visible()
    assert not Document.objects.exists()
    page.context.set_offline(False)

    expect(row.locator(".state-word")).to_have_text("Checking")
    document = Document.objects.get()
    assert examine(document.pk) == "ready"
    document.refresh_from_db()
    stored = Image.open(io.BytesIO(storage.read(storage.DOCUMENTS, document.stored_name)))
    assert stored.size == (4000, 909), "shown upright by the camera's note, then a quarter more; never larger"
    red, _green, blue = stored.getpixel((2000, 890))
    assert red > 200 > 60 > blue, "the sensor's top, turned twice, is at the bottom"
    expect(row.locator(".state-word")).to_have_text(re.compile("Ready"))
    expect(page.locator("#meter")).to_contain_text("1 of 4 ready")


def test_the_first_of_several_dropped_pictures_is_taken_and_the_page_says_so(page: Page) -> None:
    row = page.locator("#row-subject_id")

    drop(page, row, camera_picture(), camera_picture())

    expect(row.get_by_role("status").filter(has_text="This is the first of several pictures")).to_be_visible()
    expect(row.get_by_text("licence.jpg")).to_be_visible()
    expect(row.get_by_role("button", name="Upload", exact=True)).to_be_visible()


def test_two_pictures_dropped_on_the_front_fill_front_and_back_and_a_third_is_named(page: Page, order: Order) -> None:
    agree(order, "lead_id")
    page.goto(page.url.rstrip("/") + "/lead_id/")
    front, back = page.locator("#slot-lead_id-1"), page.locator("#slot-lead_id-2")

    drop(page, front, camera_picture(), camera_picture(), camera_picture())

    expect(front.get_by_text("licence.jpg")).to_be_visible()
    expect(back.get_by_text("1.jpg")).to_be_visible()
    left = "Not added, because no other page is open: 2.jpg"
    expect(front.get_by_role("status").filter(has_text=left)).to_be_visible()
    expect(front.get_by_role("button", name="Upload", exact=True)).to_be_focused()
    back.get_by_role("button", name="Upload", exact=True).click()
    expect(back).to_contain_text("Checking")
    assert [each.side for each in Document.objects.all()] == [2]


def test_two_pictures_dropped_on_the_back_fill_the_back_first(page: Page, order: Order) -> None:
    agree(order, "lead_id")
    page.goto(page.url.rstrip("/") + "/lead_id/")

    drop(page, page.locator("#slot-lead_id-2"), camera_picture(), camera_picture())

    expect(page.locator("#slot-lead_id-2").get_by_text("licence.jpg")).to_be_visible()
    expect(page.locator("#slot-lead_id-1").get_by_text("1.jpg")).to_be_visible()


def test_a_picture_that_was_chosen_before_the_script_came_is_not_left_behind(page: Page) -> None:
    page.route("**/*.js", lambda _route: None)  # they do not come yet
    page.get_by_role("link", name="Subject's document", exact=True).click(no_wait_after=True)
    chosen = {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": camera_picture()}
    page.locator("#slot-subject_id-1 input[type=file]").set_input_files(chosen)

    page.unroute("**/*.js")  # which lets those go on that are held

    slot = page.locator("#slot-subject_id-1")
    expect(slot.get_by_text("licence.jpg")).to_be_visible()
    slot.get_by_role("button", name="Upload", exact=True).click()
    expect(slot).to_contain_text("Checking")


def test_the_result_appears_by_itself_and_a_lost_session_costs_a_sign_in_but_not_the_order(
    page: Page, order: Order
) -> None:
    page.get_by_role("link", name="Subject's document", exact=True).click()
    slot = page.locator("#slot-subject_id-1")
    chosen = {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": camera_picture()}

    slot.locator("input[type=file]").set_input_files(chosen)
    slot.get_by_role("button", name="Upload", exact=True).click()
    expect(slot).to_contain_text("Checking")
    examine(Document.objects.get().pk)
    expect(slot).to_contain_text("Ready")
    expect(slot.get_by_role("img", name="Subject's document")).to_be_visible()
    for name, kind, content, why in UNSENDABLE:
        slot.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})
        expect(slot.get_by_text(why)).to_be_visible()
    assert Document.objects.count() == 1

    Session.objects.all().delete()
    slot.locator("input[type=file]").set_input_files(chosen)
    slot.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_label("Email or mobile").fill(order.owner.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.locator("h1")).to_have_text("Subject's document")
    expect(slot).to_contain_text("Ready")
    assert Document.objects.count() == 1

    page.goto(page.url.replace("subject_id", "statement"))
    first, second = (page.locator(f"#slot-statement-{side}") for side in (1, 2))
    first.locator("input[type=file]").set_input_files(chosen)
    first.get_by_role("button", name="Upload", exact=True).click()
    expect(second.get_by_role("button", name="Choose a file")).to_be_visible()

    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    slot = second
    slot.locator("input[type=file]").set_input_files(chosen)
    slot.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Nothing was saved: the order can no longer be changed")).to_be_visible()
