"""After a deadline but before the sweep: the page says so, offers nothing, and whatever is sent is refused."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, picture, sign_in
from transfers import urls
from transfers.models import Order, PhoneCheck
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.pages import blocking_order
from verification.models import Backdrop, Document, PhoneUpload

pytestmark = pytest.mark.django_db
DUE = timezone.now().replace(microsecond=0) + timedelta(days=10)
LATE = DUE + timedelta(days=3)
LANGUAGES = {"en": "The deadline was ", "zh-hans": "期限已于"}
# an order that was at the authority before is left to the sweep, which queries it first
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
# the print button, and those of a legal word and its note: none of them sends anything
PRINTS_OR_EXPLAINS = (
    r'class="(?:link" type="button" data-print|(?:term|link term-close)" type="button"\s+popovertarget=)'
)
ACTS = ("abandon", "withdraw", "mend", "resubmit", "stop")


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def waits(state: str, **columns: Any) -> Order:
    order = make_order(state=state, due_at=DUE, **columns)
    PhoneCheck.objects.create(order=order, report=order.report, role="administrator")
    return order


def look(client: Client, url: str, language: str = "en") -> str:
    """The owner's page, without the folded history."""
    client.cookies["django_language"] = language
    html = client.get(url, follow=True).content.decode()
    return html.partition("<main")[2].partition("timeline")[0]


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_an_overdue_page_says_so_and_offers_nothing(client: Client, state: str, language: str) -> None:
    order = waits(state, **LEFT_TO_THE_SWEEP[state])

    with time_machine.travel(LATE, tick=False):
        html = look(sign_in(client, order.owner), order.get_absolute_url(), language)

    assert LANGUAGES[language] in html
    assert not re.search(rf"<form|<button(?! {PRINTS_OR_EXPLAINS})|data-countdown|\.ics", html)
    assert not re.search(rf"{order.reference}/(step|people|documents|photo|phones|move)", html)
    assert reload(order).state == state, "the sweep ends it, after it asked the authority"


@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_until_its_last_second_the_page_offers_what_can_be_done(client: Client, state: str) -> None:
    order = waits(state, **LEFT_TO_THE_SWEEP[state])

    with time_machine.travel(DUE - timedelta(seconds=1), tick=False):
        html = look(sign_in(client, order.owner), order.get_absolute_url())

    assert LANGUAGES["en"] not in html
    assert "data-countdown" in html
    assert re.search(r'class="actions"', html)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", [*LEFT_TO_THE_SWEEP])
def test_a_button_pressed_too_late_is_refused_with_the_same_words(client: Client, state: str, act: str) -> None:
    order = waits(state, **LEFT_TO_THE_SWEEP[state])
    sent = {"reason": "other_server", "words": ""}

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        answer = client.post(reverse("order-move", args=[order.reference, act]), sent, follow=True)

    assert answer.redirect_chain == [(order.get_absolute_url(), 302)]
    assert answer.content.decode().count(LANGUAGES["en"]) == 2  # as an answer, and as the state
    assert (reload(order).state, moves(order)) == (state, [])


@pytest.mark.parametrize("state", CLOSED_AT_ONCE)
def test_an_order_that_needs_no_query_is_closed_by_the_page(client: Client, state: str) -> None:
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
def test_a_form_sent_too_late_changes_nothing_and_says_so(client: Client, press: str, report: int) -> None:
    """With a report the order waits for the sweep, without one it is closed on the way."""
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
def test_no_page_of_an_order_being_closed_lets_anybody_continue_typing(client: Client, name: str) -> None:
    order = waits(states.RETURNED, report=1)

    with time_machine.travel(LATE, tick=False):
        answer = sign_in(client, order.owner).get(reverse(name, args=[order.reference]))

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())


def test_the_page_of_the_phones_says_the_same_and_links_nowhere(client: Client) -> None:
    order = waits(states.PHONE_DUE, province="12")

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        html = look(client, reverse("phones", args=[order.reference]))
        client.post(reverse("phones", args=[order.reference]), {"role": "administrator"})

    assert LANGUAGES["en"] in html
    assert not re.search(r"<form|class=\"button|data-countdown", html)
    assert not PhoneCheck.objects.exclude(stated_at=None).exists()


FILLED = {
    "role": "administrator",
    "slot": "statement",
    "side": 1,
    "token": "unknown-token",
    "move": "abandon",
    "step": "website",
}
OF_AN_ORDER = {each.name: each for each in urls.OF_ORDER}
NOTHING_THERE = (404, 405)


def address(name: str, order: Order) -> str:
    """One of the addresses of an order."""
    wanted = ("reference", *OF_AN_ORDER[name].pattern.converters)
    return reverse(name, kwargs={each: FILLED.get(each, order.reference) for each in wanted})


def stored_values(order: Order) -> tuple[Any, ...]:
    """Everything that could have been changed."""
    rows = (Document.objects.count(), PhoneUpload.objects.count(), Backdrop.objects.count(), Message.objects.count())
    return (*Order.objects.values_list("version", "state", "photo_way").get(pk=order.pk), moves(order), *rows)


@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_every_address_of_an_overdue_order_says_so_or_is_gone(client: Client, state: str) -> None:
    """Including whatever was still open in a window, and the links from there."""
    order = waits(state, **LEFT_TO_THE_SWEEP[state])

    untrue = {}
    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        for name in OF_AN_ORDER:
            answer = client.get(address(name, order), follow=True)
            html = answer.content.decode().partition("<main")[2].partition("timeline")[0]
            is_true = LANGUAGES["en"] in html and not re.search(r'<form|class="button|data-countdown|noreferrer', html)
            if not is_true and answer.status_code not in NOTHING_THERE:
                untrue[name] = html

    assert untrue == {}


@pytest.mark.parametrize("state", LEFT_TO_THE_SWEEP)
def test_no_post_to_any_of_its_addresses_changes_anything(client: Client, state: str) -> None:
    order = waits(state, **LEFT_TO_THE_SWEEP[state])
    before = stored_values(order)

    with time_machine.travel(LATE, tick=False):
        sign_in(client, order.owner)
        for name in OF_AN_ORDER:
            file = SimpleUploadedFile("statement.jpg", picture(), "image/jpeg")
            answer = client.post(address(name, order), {"file": file, "role": "administrator", "declared": "on"})
            assert answer.status_code in (302, *NOTHING_THERE), name

    assert stored_values(order) == before
    assert not PhoneCheck.objects.exclude(stated_at=None).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_phones_asks_nobody_to_confirm_once_the_order_was_returned(
    client: Client, language: str
) -> None:
    """It said that nothing has to be confirmed, and linked to the site for the codes."""
    order = waits(states.LAPSED, province="12")
    PhoneCheck.objects.create(order=order, report=order.report, role="subject_lead")

    html = look(sign_in(client, order.owner), reverse("phones", args=[order.reference]), language)

    nothing, who, both = {
        "en": (
            "Nothing to verify now",
            "Who still has to verify",
            "The order continues only after both people have verified",
        ),
        "zh-hans": ("目前没有需要核验的手机号", "尚需核验的人员", "两人都完成核验后"),
    }[language]
    assert nothing in html
    assert (who in html, both in html) == (False, False)
    assert not re.search(r'<form|class="button|noreferrer', html)


def test_my_filings_counts_an_overdue_order_as_ours(client: Client) -> None:
    owner = make_user()
    over = waits(states.RETURNED, owner=owner, report=1)
    running = make_order(owner)

    with time_machine.travel(LATE, tick=False):
        sign_in(client, owner)
        turn, ours = (client.get(reverse("dashboard"), {"tab": tab}).content.decode() for tab in ("turn", "ours"))

    assert (running.reference in turn, over.reference in turn) == (True, False)
    assert over.reference in ours
    assert "Time ended on" in ours


@override("en")
def test_a_new_start_is_told_that_the_old_order_is_being_closed() -> None:
    order = waits(states.RETURNED, report=1)

    with time_machine.travel(LATE, tick=False):
        words, ways = blocking_order.words(order), blocking_order.alternatives(order)

    assert words == f"Order {order.reference} has expired and is being closed: start again when it is closed"
    assert [way.url for way in ways] == [order.get_absolute_url()]


@override("en")
def test_a_cancellation_that_can_no_longer_be_stopped_is_not_called_closed() -> None:
    """It is sent, and whatever waits behind it waits for its result."""
    order = waits(states.COOLING_OFF, kind=states.CANCELLATION)

    with time_machine.travel(LATE, tick=False):
        words = blocking_order.words(order)

    assert words == f"Order {order.reference} cancels a transfer: wait for the result, then start again"


def test_the_applicant_cannot_move_an_overdue_order_and_the_clock_and_the_authority_can() -> None:
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
