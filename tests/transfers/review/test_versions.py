"""A judged and then replaced document is shown beside the new one, with its round; the timeline records it."""

import pytest
from django.test import Client
from django.utils import timezone
from lxml.html import document_fromstring
from playwright.sync_api import expect

from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reason, make_reviewer
from tests.transfers.review.desk import case_of, english, window
from transfers.models import Order, OrderDocument
from transfers.review import actions as review
from transfers.review.actions import ReturnedField
from transfers.review.leases import assign_to_me

SLOT = "statement"


def replace(order, slot=SLOT):
    """The paper of this slot is replaced; returns the new document."""
    OrderDocument.objects.filter(order=order, slot=slot, retired_at=None).update(retired_at=timezone.now())
    return make_ready_document(order, slot)


def go_round(order, reviewer, part=f"paper.{SLOT}"):
    """A reviewer returns the order because of this part."""
    reason = make_reason(f"r{order.rounds.count()}", part)
    review.send_back(Order.objects.get(pk=order.pk), reviewer, [ReturnedField(part, reason)])


def send_again(order):
    order = Order.objects.get(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED, entered_at=timezone.now())
    return Order.objects.get(pk=order.pk)


pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(db):
    return make_reviewer(language="en")


@pytest.fixture
def judged_twice(reviewer):
    """An order in its third round; the statement was replaced before each of them, and twice in the draft."""
    order = make_order(state=states.SUBMITTED)
    make_ready_document(order, "domain_cert")
    make_ready_document(order, SLOT)
    never = [replace(order), replace(order)][0]
    first = OrderDocument.objects.get(order=order, slot=SLOT, retired_at=None).document
    go_round(order, reviewer)
    unjudged = replace(order)
    second = replace(order)
    order = send_again(order)
    go_round(order, reviewer)
    now = replace(order)
    order = send_again(order)
    assign_to_me(order, reviewer)
    return order, {"never": never, "first": first, "unjudged": unjudged, "second": second, "now": now}


def strip_of(page):
    """The strip of papers: by address its text, its key, and the key of the previous version."""
    links = document_fromstring(page).xpath("//nav[@class='strip']/a")
    said = [(link.text_content().strip(), link.get("data-paper"), link.get("data-before")) for link in links]
    return {link.get("href"): each for link, each in zip(links, said, strict=True)}


def test_every_judged_version_is_in_the_strip_with_its_round_and_no_other(client, reviewer, judged_twice):
    order, papers = judged_twice

    strip = strip_of(english(client, reviewer).get(case_of(order)).content.decode())

    found = {name: next((said for at, said in strip.items() if papers[name].reference in at), None) for name in papers}
    assert (found["never"], found["unjudged"]) == (None, None)
    assert [found[name][0].partition(",")[0] for name in ("first", "second")] == ["Round 1", "Round 2"]
    assert found["now"][2] == found["second"][1]
    assert len({said[1] for said in strip.values()}) == len(strip)


def test_a_paper_never_replaced_is_shown_by_itself(client, reviewer, judged_twice):
    order, _papers = judged_twice

    strip = strip_of(english(client, reviewer).get(case_of(order)).content.decode())

    assert [before for name, _key, before in strip.values() if name.startswith("Domain")] == [None]


def test_only_papers_replaced_since_the_last_return_count_as_changed(client, reviewer, judged_twice):
    order, _papers = judged_twice
    go_round(order, reviewer, "website.site_name")
    order = send_again(order)
    assign_to_me(order, reviewer)

    page = document_fromstring(english(client, reviewer).get(case_of(order)).content.decode())

    link = page.xpath(f"//a[@href='#p-paper-{SLOT}']")[0]
    assert link.get("data-changed") is None


def test_the_desks_timeline_says_which_judged_document_was_replaced(client, reviewer, judged_twice):
    order, _papers = judged_twice

    page = english(client, reviewer).get(case_of(order, "more")).content.decode()

    lines = [li.text_content() for li in document_fromstring(page).xpath("//ol[contains(@class, 'happened')]/li")]
    told = [line for line in lines if "replaced or removed a document" in line]
    assert [f"judged in round {n}" in line for n, line in zip((2, 1), told, strict=True)] == [True, True]
    owner = english(Client(), order.owner).get(order.get_absolute_url()).content.decode()
    assert "replaced or removed a document" not in owner


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_previously_judged_version_opens_beside_the_new_one(browser, live_server):
    reviewer = make_reviewer(language="en")
    order = make_order(state=states.SUBMITTED)
    make_ready_document(order, SLOT)
    for slot in ("lead_id", "admin_id", "subject_id", "letter", "domain_cert", "other"):
        make_ready_document(order, slot)
    go_round(order, reviewer)
    replace(order)
    order = send_again(order)
    assign_to_me(order, reviewer)
    with window(browser, live_server.url, reviewer, viewport={"width": 1440, "height": 900}) as page:
        page.goto(live_server.url + case_of(order) + f"#p-paper-{SLOT}")
        panes = page.locator(".viewer .pane")
        expect(panes.nth(1)).to_be_visible()
        expect(panes.nth(0).locator(".pane-name")).to_have_text("Authenticity statement 1")
        expect(panes.nth(1).locator(".pane-name")).to_contain_text("Round 1,")
        page.keyboard.press("k")
        expect(panes.nth(1)).to_be_hidden()
        page.set_viewport_size({"width": 1040, "height": 700})
        for link in (
            page.locator(".strip a").last,
            page.locator(".strip a").first,
        ):  # including those outside the visible part
            link.evaluate("link => link.click()")
            expect(link).to_have_attribute("aria-current", "true")
            expect(link).to_be_in_viewport(ratio=1)
