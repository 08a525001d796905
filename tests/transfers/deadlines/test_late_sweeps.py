"""A sweep that comes days late: ends are dated with their deadline, and messages are sent when it comes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from icpportal.lifecycle import CLOCK
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts import formats as words
from icpportal.workdays.calendar import add_workdays
from tests.transfers import states
from tests.transfers.builders import make_order, moves, sign_in
from tests.transfers.conftest import FakeAuthority
from transfers.deadlines.extension import extend
from transfers.deadlines.sweep import sweep
from transfers.models import Order, PhoneCheck
from transfers.notifications import notices
from transfers.orders import actions
from transfers.orders.expiry import expire_if_due
from transfers.orders.machine import note
from transfers.orders.moves import TABLE
from transfers.orders.states import STATES

pytestmark = pytest.mark.django_db
DUE = timezone.now().replace(microsecond=0) - timedelta(days=3)
LATE = DUE + timedelta(days=3)
# every move of the clock, from every state and for every kind of order that it ends
MOVES = sorted(
    {
        (row.name, source, kind)
        for row in TABLE.rows
        if row.by == CLOCK
        for source in row.sources
        for kind in row.kinds or states.TRANSFERS
    }
)
CONFIRMED_LATE_ENOUGH = ("go_on",)
AT_ONCE = {state.key: state.clock for state in STATES if state.ends_on_page}


def waits(move: str, state: str = states.DRAFT, kind: str = states.TRANSFER, **columns: Any) -> Order:
    """An order that this move of the clock ends."""
    begun = DUE - timedelta(days=5)
    order = make_order(state=state, kind=kind, province="12", due_at=DUE, entered_at=begun, created_at=begun, **columns)
    if state == states.PHONE_DUE:
        stated = DUE - timedelta(hours=1) if move in CONFIRMED_LATE_ENOUGH else None
        PhoneCheck.objects.create(order=order, report=order.report, role="administrator", stated_at=stated)
    return order


def messages_about(order: Order) -> dict[tuple[str, str], str]:
    """The messages about an order, as text, by channel and language."""
    deliver(only=notices.CHANNEL)
    letters = Message.objects.filter(reference=order.reference, channel__in=("email", "sms", "site"))
    found = {}
    for letter in letters:
        for language in ("zh", "en"):
            said = catalogue.render(letter.template, letter.channel, language, words.unpack(letter.payload["context"]))
            found[letter.channel, language] = f"{said.subject} {said.text}"
    return found


def dates_in(text: str, moments: dict[str, datetime], language: str) -> set[str]:
    """Those of these times that a text names."""
    return {name for name, moment in moments.items() if words.format_value("due", moment, language) in text}


@pytest.mark.parametrize(("move", "state", "kind"), MOVES)
def test_an_end_by_the_clock_is_dated_with_its_deadline(
    client: Client, authority: FakeAuthority, move: str, state: str, kind: str
) -> None:
    """Event, state, page and timeline, however late the sweep comes."""
    authority.phone_states = None
    order = waits(move, state, kind)

    with time_machine.travel(LATE, tick=False):
        sweep(now=LATE)
        page = sign_in(client, order.owner).get(order.get_absolute_url())

    order.refresh_from_db()
    (event,) = order.events.all()
    assert (event.move, event.at, order.entered_at) == (move, DUE, DUE)
    (shown,) = [*page.context["events"], *page.context["older"]]
    assert shown.at == DUE
    assert page.context["order"].state == order.state != state


@pytest.mark.parametrize(("move", "state", "kind"), MOVES)
def test_a_late_message_names_the_deadline_and_never_the_time_of_the_sweep(
    authority: FakeAuthority, settings: Any, move: str, state: str, kind: str
) -> None:
    """Only a wait that begins with the sweep counts from it, since nobody could act earlier."""
    authority.phone_states = None
    order = waits(move, state, kind)
    moments = {
        "deadline": DUE,
        "sweep": LATE,
        "answers kept": DUE + settings.DRAFT_KEPT,
        "answers kept from the sweep on": LATE + settings.DRAFT_KEPT,
        "new wait": LATE + settings.WAITS_KEPT + timedelta(minutes=7),
    }
    with override_settings(WAITS_KEPT=settings.WAITS_KEPT + timedelta(minutes=7)):
        sweep(now=LATE)

    said = messages_about(order)

    channels = {"go_on": {"email", "site"}}.get(move, {"email", "sms", "site"})
    assert {channel for channel, _language in said} == channels
    for (channel, language), text in said.items():
        named = () if channel == "sms" else NAMED[move, kind == states.CANCELLATION]
        assert dates_in(text, moments, language) == set(named), (channel, language, text)
    if move == "go_on":
        (mail,) = {words.unpack(row.payload["context"])["from"] for row in Message.objects.filter(channel="email")}
        assert mail == add_workdays(timezone.localdate(DUE), 3)[0]


# move, and whether it is a cancellation's → the times that mail and site name
NAMED: dict[tuple[str, bool], tuple[str, ...]] = {
    ("expire_draft", False): ("answers kept",),
    ("expire_draft", True): (),
    ("expire", False): ("answers kept",),
    ("lapse", False): ("deadline", "new wait"),
    ("go_on", False): (),
    ("cooled", True): (),
}


def test_a_wait_that_begins_with_a_late_sweep_has_its_full_length_on_page_and_in_the_calendar(
    client: Client, authority: FakeAuthority, settings: Any
) -> None:
    """An order that lapsed while the sweep was down for longer than its retention is not closed at once."""
    order = waits("lapse", states.PHONE_DUE)
    late = DUE + settings.WAITS_KEPT + timedelta(days=1)

    sweep(now=late)
    sweep(now=late + timedelta(minutes=1))

    order.refresh_from_db()
    assert (order.state, order.entered_at, order.due_at) == (states.LAPSED, DUE, late + settings.WAITS_KEPT)
    with time_machine.travel(late + timedelta(minutes=2), tick=False):
        calendar = sign_in(client, order.owner).get(reverse("deadline-file", args=[order.reference]))
        assert f"DTEND:{order.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in calendar.content.decode()


@pytest.mark.parametrize("move", ["expire_draft", "expire"])
def test_an_order_that_ended_late_has_no_date_in_the_calendar_any_more(
    client: Client, authority: FakeAuthority, move: str
) -> None:
    order = waits(move, states.DRAFT if move == "expire_draft" else states.PHOTO_DUE)
    url = reverse("deadline-file", args=[order.reference])
    sign_in(client, order.owner)
    with time_machine.travel(LATE, tick=False):
        before = client.get(url)
        sweep(now=LATE)
        assert (before.status_code, client.get(url).status_code) == (404, 404)


def test_retention_counts_from_the_deadline_in_page_and_messages(authority: FakeAuthority, settings: Any) -> None:
    """ "kept until" counted from the sweep."""
    order = waits("expire_draft")

    sweep(now=LATE)

    order.refresh_from_db()
    until = DUE + settings.DRAFT_KEPT
    deliver(only=notices.CHANNEL)
    payload = Message.objects.get(template="draft_expired", channel="site").payload
    told = catalogue.render("draft_expired", "site", "en", words.unpack(payload["context"])).text
    assert f"until {words.format_value('due', until, 'en')}." in told
    assert actions.can_start_again(order, now=until - timedelta(seconds=1))
    assert not actions.can_start_again(order, now=until)


@pytest.mark.parametrize("state", AT_ONCE)
def test_a_page_opened_before_the_sweep_dates_the_end_in_the_same_way(state: str) -> None:
    kind = states.CANCELLATION if state == states.COOLING_OFF else states.TRANSFER
    order = waits(AT_ONCE[state], state, kind)

    expire_if_due(order, now=LATE)

    order.refresh_from_db()
    assert (order.events.get().at, order.entered_at) == (DUE, DUE)


def test_a_deadline_changed_after_it_passed_ends_the_order_after_the_move(authority: FakeAuthority) -> None:
    """The end never comes before an earlier event."""
    order = waits("expire_draft")
    extend(DUE, DUE + timedelta(minutes=1), timedelta(hours=2), reason="outage")
    (moved,) = order.events.all()

    sweep(now=moved.at + timedelta(minutes=1))

    order.refresh_from_db()
    assert moves(order) == ["deadline_moved", "expire_draft"]
    assert order.entered_at == moved.at


@pytest.mark.parametrize("state", [states.EXPIRED, states.WITHDRAWN])
def test_a_closed_order_names_no_date_to_begin_again_once_that_has_passed(
    client: Client, settings: Any, state: str
) -> None:
    """Its page said "until" a long past day for ever after."""
    order = make_order(state=state, entered_at=DUE, due_at=None)
    over = DUE + settings.DRAFT_KEPT
    client.cookies["django_language"] = "en"

    said = {}
    for moment in (over - timedelta(minutes=1), over):
        with time_machine.travel(moment, tick=False):
            said[moment] = sign_in(client, order.owner).get(order.get_absolute_url()).context["sentence"]

    assert ["until" in words for words in said.values()] == [True, False]
    assert said[over].endswith("A new order for this domain is possible")


def test_an_end_is_never_in_the_future() -> None:
    """A clock set back between a reminder and the end."""
    order = waits("expire_draft")
    note(order, "reminded", by="clock", at=LATE)

    expire_if_due(order, now=DUE)

    assert order.entered_at == DUE
