"""After a deadline, and no sweep yet: the page says so, offers nothing, and what is sent all the same is refused."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.transfers.builders import make_order, make_user, moves, picture, sign_in
from transfers import in_the_way, queries, states
from transfers.firing import ORDER
from transfers.models import Order, PhoneCheck
from verification.models import Document

pytestmark = pytest.mark.django_db
DUE = timezone.now().replace(microsecond=0) + timedelta(days=10)
LATE = DUE + timedelta(days=3)
LANGUAGES = {"en": "The time ended on ", "zh-hans": "时间已于"}
# what was with the authority before is left to the sweep, which asks it first
LEFT_TO_THE_SWEEP = {
    states.RETURNED: {"report": 1},
    states.PHOTO_DUE: {"report": 1},
    states.PHONE_DUE: {"province": "12"},
    states.LAPSED: {},
    states.AUTHORITY_RETURNED: {},
}
CLOSED_AT_ONCE = {
    states.DRAFT: ({}, states.EXPIRED),
    states.RETURNED: ({}, states.EXPIRED),
    states.PHOTO_DUE: ({}, states.EXPIRED),
    states.COOLING_OFF: ({"kind": states.CANCELLATION}, states.HANDING_OVER),
}
ACTS = ("abandon", "withdraw", "mend", "resubmit", "stop")


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def waits(state: str, **columns: Any) -> Order:
    order = make_order(state=state, due_at=DUE, **columns)
    PhoneCheck.objects.create(order=order, report=order.report, role="administrator")
    return order


def look(client: Client, url: str, language: str = "en") -> str:
    """The page as its owner finds it, without the folded history."""
    client.cookies["django_language"] = language
    html = client.get(url, follow=True).content.decode()
    return html.partition("<main")[2].partition("timeline")[0]


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_a_page_whose_time_is_over_says_so_and_offers_nothing(client: Client, state: str, language: str) -> None:
    """P31"""
    order = waits(state, **LEFT_TO_THE_SWEEP[state])

    with time_machine.travel(LATE, tick=False):
        html = look(sign_in(client, order.owner), order.get_absolute_url(), language)

    assert LANGUAGES[language] in html
    assert not re.search(r"<form|<button(?! class=\"link\" type=\"button\")|data-countdown|\.ics", html)
    assert not re.search(rf"{order.reference}/(step|people|documents|photo|phones|move)", html)
    assert reload(order).state == state, "the sweep ends it, after it asked the authority"


@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_until_its_last_second_the_page_offers_what_can_be_done(client: Client, state: str) -> None:
    """P31"""
    order = waits(state, **LEFT_TO_THE_SWEEP[state])

    with time_machine.travel(DUE - timedelta(seconds=1), tick=False):
        html = look(sign_in(client, order.owner), order.get_absolute_url())

    assert LANGUAGES["en"] not in html
    assert "data-countdown" in html
    assert re.search(r'class="actions"', html)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", [*LEFT_TO_THE_SWEEP])
def test_a_button_that_is_pressed_too_late_is_refused_with_the_same_words(client: Client, state: str, act: str) -> None:
    """P31"""
    order = waits(state, **LEFT_TO_THE_SWEEP[state])
    sent = {"reason": "other_server", "words": ""}

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        answer = client.post(reverse("order-move", args=[order.reference, act]), sent, follow=True)

    assert answer.redirect_chain == [(order.get_absolute_url(), 302)]
    assert answer.content.decode().count(LANGUAGES["en"]) == 2  # as an answer, and as the state
    assert (reload(order).state, moves(order)) == (state, [])


@pytest.mark.parametrize("state", CLOSED_AT_ONCE)
def test_what_nobody_else_has_to_be_asked_about_is_closed_by_the_page(client: Client, state: str) -> None:
    """P31"""
    columns, target = CLOSED_AT_ONCE[state]
    order = waits(state, **columns)

    with time_machine.travel(LATE, tick=False):
        html = look(sign_in(client, order.owner), order.get_absolute_url())

    assert f'data-state="{target}"' in html
    assert "data-countdown" not in html
    assert (reload(order).state, reload(order).entered_at) == (target, DUE)


PRESSES = {
    "a page of the details": ("step", ["website"], {"website-site_name": "Too late"}),
    "the last button": ("check", [], {"declared": "on"}),
    "an upload": ("slot", ["statement"], {}),
    "abandon": ("order-move", ["abandon"], {}),
}


@pytest.mark.parametrize("press", PRESSES)
@pytest.mark.parametrize("report", [0, 1])
def test_what_is_sent_too_late_changes_nothing_and_is_told_so(client: Client, press: str, report: int) -> None:
    """P31: with a report the order waits for the sweep, without one it is closed on the way."""
    order = waits(states.RETURNED, report=report)
    name, more, data = PRESSES[press]
    url = reverse(name, args=[order.reference, *more])
    before = order.answers

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        file = SimpleUploadedFile("statement.jpg", picture(), "image/jpeg")
        answer = client.post(url, {**data, "file": file}, follow=True)

    html = answer.content.decode()
    assert LANGUAGES["en"] in html
    assert reload(order).answers == before
    assert moves(order) == ([] if report else ["expire_draft"])
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["people", "documents", "check", "order-type"])
def test_no_page_of_an_order_that_is_being_closed_lets_anybody_go_on_typing(client: Client, name: str) -> None:
    """P31"""
    order = waits(states.RETURNED, report=1)

    with time_machine.travel(LATE, tick=False):
        answer = sign_in(client, order.owner).get(reverse(name, args=[order.reference]))

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())


def test_the_page_of_the_phones_says_the_same_and_leads_nowhere(client: Client) -> None:
    """P31"""
    order = waits(states.PHONE_DUE, province="12")

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        html = look(client, reverse("phones", args=[order.reference]))
        client.post(reverse("phones", args=[order.reference]), {"role": "administrator"})

    assert LANGUAGES["en"] in html
    assert not re.search(r"<form|class=\"button|data-countdown", html)
    assert not PhoneCheck.objects.exclude(stated_at=None).exists()


def test_my_filings_count_an_order_whose_time_is_over_as_ours(client: Client) -> None:
    """P31"""
    owner = make_user()
    over = waits(states.RETURNED, owner=owner, report=1)
    running = make_order(owner)

    with time_machine.travel(LATE, tick=False):
        html = sign_in(client, owner).get(reverse("dashboard")).content.decode()

    turn, _middle, ours = html.partition('id="ours"')
    assert (running.reference in turn, over.reference in turn) == (True, False)
    assert over.reference in ours
    assert "Time ended on" in ours


def test_who_wants_to_begin_anew_reads_that_the_old_order_is_being_closed() -> None:
    """P31"""
    order = waits(states.RETURNED, report=1)

    with time_machine.travel(LATE, tick=False):
        words, ways = in_the_way.words(order), in_the_way.ways_out(order)

    assert words == f"Order {order.reference} is being closed, because its time is over: begin again once it is"
    assert [way["url"] for way in ways] == [order.get_absolute_url()]


def test_the_applicant_cannot_move_what_is_over_and_the_clock_and_the_authority_can() -> None:
    """P31"""
    order = waits(states.LAPSED)
    facts = queries.facts_of(order)
    asked: dict[str, datetime] = {"before": DUE - timedelta(seconds=1), "after": DUE}

    open_to = {
        (by, when): bool(ORDER.available(order, by, facts, now=now))
        for by in ("applicant", "authority")
        for when, now in asked.items()
    }

    assert open_to == {
        ("applicant", "before"): True,
        ("applicant", "after"): False,
        ("authority", "before"): True,
        ("authority", "after"): True,
    }
