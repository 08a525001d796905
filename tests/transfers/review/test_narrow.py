"""The desk in a narrow window: nothing of a page extends beyond its edge, however long a colleague's name is."""

from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, LEAD_REVIEWER
from icpportal.accounts.roles import ensure as ensure_roles
from icpportal.privacy.actions import note_access
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user
from tests.transfers.review.desk import window
from transfers.calls import actions as calls
from transfers.models import Order
from transfers.orders import actions as orders
from transfers.review import second_look
from transfers.review.leases import assign_to_me
from transfers.review.purposes import CASE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW, NARROWEST = {"width": 390, "height": 800}, {"width": 320, "height": 800}
TABLET = {"width": 1024, "height": 768}
ROOM = 90  # for a reference
LABELS = """cells => cells.map(cell => getComputedStyle(cell, "::before").content.slice(1, -1))"""
LONG = ("阿卜杜拉热合曼·买买提尼亚孜·艾合买提江·" * 4)[:80]
PAGES = {
    LEAD_REVIEWER: ("admin:index", "admin:transfers_order_changelist"),
    AUDITOR: ("admin:index", "admin:audit_auditentry_changelist"),
}


@pytest.mark.parametrize("role", PAGES)
def test_a_long_name_makes_no_page_wider_than_its_window(
    browser: Browser, live_server: Any, settings: Any, role: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    colleague = make_reviewer()
    User.objects.filter(pk=colleague.pk).update(name=LONG)
    colleague.refresh_from_db()
    order = make_order(state=states.SUBMITTED)
    second_look.ask(order, colleague, "accept", ["drawn"], timezone.now())
    note_access(actor=colleague, what=CASE, reference=order.reference, reason="somebody called", client="")

    with window(browser, live_server.url, make_user(held_roles=(role,)), viewport=NARROW) as page:
        for name in PAGES[role]:
            page.goto(live_server.url + reverse(name))
            assert LONG in page.content()
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], name


@pytest.mark.parametrize("role", PAGES)
def test_no_page_of_the_desk_is_wider_than_the_narrowest_window(
    browser: Browser, live_server: Any, settings: Any, role: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    ensure_roles()
    make_order(state=states.SUBMITTED)
    with window(browser, live_server.url, make_user(held_roles=(role,)), viewport=NARROWEST) as page:
        for name in PAGES[role]:
            page.goto(live_server.url + reverse(name))
            assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST["width"], name
            for box in page.locator(".filters input:visible").all():
                assert (box.bounding_box() or {}).get("width", 0) > ROOM, name


def test_the_head_of_the_desk_fits_a_tablet_with_the_name_of_its_reader(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    make_order(state=states.SUBMITTED)
    lead = make_user(held_roles=(LEAD_REVIEWER,))
    User.objects.filter(pk=lead.pk).update(name="Gao Yang")
    with window(browser, live_server.url, lead, viewport=TABLET) as page:
        page.goto(live_server.url + reverse("admin:index"))
        assert page.locator(".nav").get_by_text("Reasons").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == TABLET["width"]
        assert (page.locator(".me-name").bounding_box() or {}).get("width", 0) > 0


@pytest.mark.parametrize("basket", ["judge", "turned_down", "all"])
def test_a_basket_fits_a_tablet_with_all_its_columns(
    browser: Browser, live_server: Any, settings: Any, basket: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    lead = make_user(held_roles=(LEAD_REVIEWER,))
    for state in (states.SUBMITTED, states.AUTHORITY_RETURNED):
        make_order(state=state, domain=f"{state.replace('_', '-')}-example.cn")
    with window(browser, live_server.url, lead, viewport=TABLET) as page:
        page.goto(f"{live_server.url}{reverse('admin:transfers_order_changelist')}?queue={basket}")
        assert page.locator(".rows tbody tr").count() > 0
        assert page.evaluate("document.documentElement.scrollWidth") == TABLET["width"]
        current = page.locator(".tabs a[aria-current]").bounding_box() or {}
        assert 0 < current.get("x", 0) < TABLET["width"]


def test_the_buttons_of_a_case_that_a_colleague_has_are_within_a_tablet(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order = make_order(state=states.SUBMITTED, domain="a-longer-example.cn")
    Order.objects.filter(pk=order.pk).update(returns=1)
    assign_to_me(order, make_reviewer())
    with window(browser, live_server.url, make_user(held_roles=(LEAD_REVIEWER,)), viewport=TABLET) as page:
        page.goto(live_server.url + reverse("admin:transfers_order_case", args=[order.pk]))
        more = page.locator(".case-bar .end a").last.bounding_box() or {}
        assert 0 < more.get("x", 0) + more.get("width", 0) < TABLET["width"]
        assert page.evaluate("document.documentElement.scrollWidth") == TABLET["width"]


def test_the_lists_of_calls_and_objections_show_every_value_under_the_other_with_its_label(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order, colleague = make_order(state=states.SUBMITTED, domain="a-longer-example.cn"), make_reviewer()
    orders.object_to(
        owner=make_user("zhao@example.com", mobile="13711110416"),
        domain=order.domain,
        subject_key="",
        words="I never agreed to this and have not heard of it before",
    )
    calls.ask(order, colleague, role="subject_lead", about="One digit of the number differs")
    with window(browser, live_server.url, colleague, viewport=NARROW) as page:
        for name in ("admin:desk_calls", "admin:desk_objections"):
            page.goto(live_server.url + reverse(name))
            boxes = [cell.bounding_box() or {} for cell in page.locator(".rows tbody tr > *:visible").all()]
            assert len(boxes) > 4
            for above, below in pairwise(boxes):
                assert above["y"] + above["height"] <= below["y"], name
            assert all(box["width"] > NARROW["width"] / 2 for box in boxes), name
            labels = page.locator(".rows tbody td").evaluate_all(LABELS)
            assert labels == page.locator(".rows thead th").all_text_contents()[1:]
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], name
