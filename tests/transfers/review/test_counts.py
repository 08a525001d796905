"""The counts of the baskets: limited, refreshed for who acted, and exact for the few orders of a rare basket."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from icpportal.accounts.models import User
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_return,
    make_reviewer,
    make_user,
    sign_in,
)
from tests.transfers.review.desk import press
from transfers.models import Order
from transfers.orders import actions
from transfers.review import actions as review
from transfers.review import navigation, second_look
from transfers.review.baskets import counts
from verification.models import Backdrop

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:transfers_order_changelist")


def tabs(client: Client, asked: str = "") -> dict[str, str]:
    """The baskets and their counts."""
    client.cookies["django_language"] = "en"
    page = html.document_fromstring(client.get(f"{QUEUE}?queue=judge{asked}").content.decode())
    found = [
        [each.text_content().strip() for each in link.xpath("./span")] for link in page.xpath('//nav[@class="tabs"]//a')
    ]
    return {label: (rest or [""])[0] for label, *rest in found}


def test_counting_stops_beyond_a_thousand_orders(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST", 3)
    reviewer = make_reviewer()
    client = sign_in(client, reviewer)
    made = [make_order(state=states.SUBMITTED) for _ in range(3)]
    exactly = tabs(client)
    counts.forget(reviewer)

    newest = make_order(state=states.SUBMITTED)
    review.assign_to_me(newest, reviewer)
    actions.object_to(owner=make_user(), domain=newest.domain, subject_key="", words="x")
    more = tabs(client)

    assert (exactly["All to judge"], exactly["First review"]) == ("3", "3")
    assert (more["All to judge"], more["First review"]) == ("3+", "3+")
    assert (more["Mine"], more["With an objection"]) == ("1", "1")  # found by themselves, behind the others
    assert (more["Overdue"], len(made)) == ("0", 3)


def test_the_counts_of_head_and_baskets_match_their_lists(client: Client) -> None:
    """Two orders wait for a second look, one with its photo, beside one of each kind."""
    cache.clear()
    reviewer = make_reviewer()
    for state in (states.SUBMITTED, states.PHOTO_REVIEW):
        make_order(state=state)
        accepted = make_order(state=state)
        second_look.ask(accepted, make_reviewer(), "accept", ["drawn"], timezone.now())
    make_return(make_order(state=states.SUBMITTED))
    review.assign_to_me(make_order(state=states.SUBMITTED, entered_at=timezone.now() - timedelta(days=20)), reviewer)
    for state in (states.HANDING_OVER, states.PHONE_DUE, states.AUTHORITY_REVIEW, states.AUTHORITY_RETURNED):
        make_order(state=state, held=state == states.HANDING_OVER, due_at=timezone.now())
    client = sign_in(client, reviewer)
    client.cookies["django_language"] = "en"

    page = html.document_fromstring(client.get(QUEUE).content.decode())
    links = [
        (link.get("href"), link.xpath("string(span[last()])").strip())
        for link in page.xpath("//nav//a[contains(@href, 'queue=')]")
    ]
    counted = [(address, number) for address, number in links if number.isdigit()]
    listed = {
        address: str(len(html.document_fromstring(client.get(address).content.decode()).xpath("//tbody/tr")))
        for address, _number in counted
    }

    assert counted == [(address, listed[address]) for address, _number in counted]
    assert [number for address, number in counted if address.endswith("=photo")] == [
        "1",
        "1",
    ]  # of the head, of the tab
    assert len(counted) == 17


@pytest.mark.parametrize("make", [make_reviewer, make_lead_reviewer])
def test_with_own_provinces_counts_and_lists_still_agree(client: Client, make: Callable[[], User]) -> None:
    """A lead's first page counts all provinces, and so do the lists behind it."""
    cache.clear()
    for province in ("64", "12"):
        for state in (states.SUBMITTED, states.PHOTO_REVIEW, states.AUTHORITY_REVIEW):
            make_order(state=state, province=province)
    client = sign_in(client, make())
    client.post(reverse("admin:desk_settings"), {"provinces": ["64"], "single_keys": "on"})

    home = html.document_fromstring(client.get(reverse("admin:index")).content.decode())
    rows = home.xpath('//table[@class="baskets"]//tr[th/a[contains(@href, "queue=")]]')
    links = [(row.xpath("string(th/a/@href)"), row.xpath("string(td[1])").strip()) for row in rows]
    links += [(a.get("href"), a.xpath("string(span)")) for a in home.xpath('//nav//a[contains(@href, "queue=")]')]
    listed = [
        (address, str(len(html.document_fromstring(client.get(address).content.decode()).xpath("//tbody/tr"))))
        for address, _number in links
    ]

    assert links == listed
    assert [number for _address, number in links[-2:]] == ["2", "1"]  # of the head: to judge, photos


def test_a_deadline_after_midnight_in_beijing_is_not_due_today(client: Client) -> None:
    reviewer = make_reviewer()
    client = sign_in(client, reviewer)
    client.cookies["django_language"] = "en"
    with time_machine.travel("2026-12-01T20:00:00+08:00", tick=False) as clock:
        make_order(state=states.PHONE_DUE, due_at=timezone.now() + timedelta(hours=3))
        make_order(state=states.PHONE_DUE, due_at=timezone.now() + timedelta(hours=5))
        in_the_evening = client.get(reverse("admin:index")).content.decode()
        clock.move_to("2026-12-02T00:30:00+08:00")
        counts.forget(reviewer)
        make_order(state=states.PHONE_DUE, due_at=timezone.now() + timedelta(hours=20))
        after_midnight = client.get(reverse("admin:index")).content.decode()

    assert "0 overdue, 1 due today, 1 later" in in_the_evening
    assert "1 overdue, 2 due today, 0 later" in after_midnight


@pytest.mark.sqlite  # Redis expires keys by its own clock
def test_a_reviewer_who_claims_an_order_sees_the_count_at_once_and_a_colleague_a_moment_later(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        order = make_order(state=states.SUBMITTED)
        mine, theirs = sign_in(Client(), make_reviewer()), sign_in(Client(), make_reviewer())
        assert (tabs(mine)["Free"], tabs(theirs)["Free"]) == ("1", "1")

        mine.post(f"{QUEUE}?queue=judge", {"take": str(order.pk)})
        at_once = (tabs(mine)["Free"], tabs(mine)["Mine"], tabs(theirs)["Mine"])
        clock.shift(counts.KNOWN_FOR + 1)
        later = (tabs(theirs)["Free"], tabs(theirs)["Mine"])

    assert at_once == ("0", "1", "0")
    assert later == ("0", "0")


def head(page: str) -> dict[str, str]:
    """The places at the head, with what stands beside each."""
    links = html.document_fromstring(page).xpath("//header//nav//a[span]")
    return {(link.text or "").strip(): link.xpath("./span")[-1].text_content().strip() for link in links}


def test_the_head_counts_what_its_reader_did_on_the_page_that_answers_and_on_the_next(client: Client) -> None:
    cache.clear()
    order = make_order(state=states.SUBMITTED)
    objection = actions.object_to(
        owner=make_user("zhao@example.com"), domain=order.domain, subject_key="", words="Mine"
    )
    desk = sign_in(client, make_reviewer())
    client.cookies["django_language"] = "en"
    address = reverse("admin:desk_objection", args=[objection.pk])
    before = head(desk.get(address).content.decode())["Calls"]

    asked = desk.post(address, {"move": "call", "to": "subject_lead", "about": "who signed"}).content.decode()
    closing = {"move": "close", "result": "settled", "words": "已与双方联系", "words_en": "We spoke to both sides"}
    desk.post(address, closing)
    after = head(desk.get(QUEUE).content.decode())["Calls"]

    assert (before, head(asked)["Calls"], after) == ("1", "2", "1")


def test_a_search_counts_nothing_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a post so that its words stand in no address, and changes nothing."""
    cache.clear()
    order = make_order(state=states.SUBMITTED)
    client = sign_in(client, make_reviewer())
    client.get(QUEUE)
    counted: list[str] = []
    monkeypatch.setattr(navigation, "_counts_now", lambda user, own: counted.append(own) or {})

    found = client.post(reverse("admin:transfers_order_search"), {"find": order.domain})

    assert (found.status_code, counted) == (200, [])


def test_nothing_is_counted_for_the_head_of_a_page_that_is_not_drawn(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As most presses on a case, and its further pages when they lead back to it."""
    order = make_order(state=states.SUBMITTED)
    client = sign_in(client, make_reviewer())
    counted: list[str] = []
    monkeypatch.setattr(navigation, "_counts_now", lambda user, own: counted.append(own) or {})

    answers = [press(client, order, "accept"), client.get(reverse("admin:transfers_order_accept", args=[order.pk]))]

    assert ([answer.status_code for answer in answers], counted) == ([302, 302], [])
    assert client.get(answers[0].url).status_code == 200
    assert len(counted) == 1


def test_counts_of_one_filter_are_not_shown_for_another_nor_to_a_colleague(client: Client) -> None:
    make_order(state=states.SUBMITTED, province="64")
    client = sign_in(client, make_reviewer())

    assert tabs(client, "&province=12")["All to judge"] == "0"
    assert tabs(client, "&province=64")["All to judge"] == "1"
    assert tabs(client)["All to judge"] == "1"


def test_a_basket_keeps_its_filter_on_the_next_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transfers.review.baskets.queries.PAGE", 2)
    for province in ("64", "12", "64", "64"):
        make_order(state=states.SUBMITTED, province=province)
    client = sign_in(client, make_reviewer())

    first = client.get(f"{QUEUE}?queue=judge&province=64").content.decode()
    (after,) = {each for each in html.document_fromstring(first).xpath("//a/@href") if "after=" in each}
    second = client.get(after).content.decode()

    shown = [order.reference for order in Order.objects.filter(province="64").order_by("entered_at", "pk")]
    other = Order.objects.get(province="12").reference
    assert [reference in first for reference in shown] == [True, True, False]
    assert [reference in second for reference in shown] == [False, False, True]
    assert other not in first + second


def test_the_first_page_names_backdrops_to_post_and_since_when_the_oldest_waits(client: Client) -> None:
    order = make_order(state=states.PHOTO_DUE)
    client = sign_in(client, make_reviewer())
    client.cookies["django_language"] = "en"
    assert "To post" not in client.get(reverse("admin:index")).content.decode()

    two_days_ago = timezone.now() - timedelta(days=2)
    Backdrop.objects.create(holder=order.reference, owner=order.owner, entered_at=two_days_ago)
    cache.clear()

    page = html.document_fromstring(client.get(reverse("admin:index")).content.decode())
    [link] = page.xpath('//a[normalize-space()="To post"]')
    assert "the oldest for 2 days" in link.xpath("./ancestor::tr")[0].text_content()
    assert order.reference in client.get(link.get("href")).content.decode()


def test_the_first_page_says_when_on_this_day_the_oldest_order_is_due(client: Client) -> None:
    """It named the day, as if it were another one, and not how long is left, as the queue does."""
    client = sign_in(client, make_reviewer())
    client.cookies["django_language"] = "en"
    with time_machine.travel("2026-12-01T11:00:00+08:00", tick=False):
        make_order(state=states.SUBMITTED, entered_at=timezone.now() - timedelta(days=1))
        page = html.document_fromstring(client.get(reverse("admin:index")).content.decode())

    [link] = page.xpath('//table//a[normalize-space()="First review"]')
    assert "18:00 · 7 h 00 min" in link.xpath("./ancestor::tr")[0].text_content()
