"""A call on the page of its order: the calling number, the time, and the times its owner can choose."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from icpportal.time_format import BEIJING
from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user, sign_in
from tests.transfers.review.desk import english
from transfers.calls import actions, slots
from transfers.calls.outcomes import NO_ANSWER, WRONG_NUMBER, outcome_of
from transfers.models import Call, Order

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 16, 10, tzinfo=BEIJING)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(FRIDAY, tick=False) as travelling:
        yield travelling


@pytest.fixture
def order() -> Order:
    return make_order(state=states.SUBMITTED)


def ask(order: Order, **columns: Any) -> Call:
    return actions.ask(order, make_reviewer(), role="subject_lead", about="one digit differs", **columns)


def page(client: Client, order: Order) -> str:
    return unescape(client.get(order.get_absolute_url()).content.decode())


def times(html: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', html)


def turn_on(html: str) -> str:
    return next(words for words in ("Your turn", "Our turn") if words in html)


def listed(client: Client) -> str:
    """The tab of My filings that has the only order."""
    html = client.get(reverse("dashboard")).content.decode()
    return re.findall(r'name="at" value="(\w+)"', html)[0]


def choose(client: Client, call: Call, at: str) -> str:
    address = reverse("call-slot", args=[call.order.reference])
    return unescape(client.post(address, {"call": str(call.pk), "slot": at}, follow=True).content.decode())


def test_the_applicant_chooses_a_time_and_another_and_the_desk_reads_it(clock: Any, order: Order) -> None:
    call, client, desk = ask(order), english(Client(), order.owner), english(Client(), make_reviewer())

    before = page(client, order)
    offered = times(before)
    said = choose(client, call, offered[2])
    changed = choose(client, call, offered[3])

    # Friday 16:30 is too soon: the next times are on Monday and Tuesday
    assert [at[:16] for at in offered[:2]] == ["2026-11-30T09:30", "2026-11-30T11:00"]
    assert len(offered) == slots.SHOWN
    assert ["one digit differs" in before, "139****" in before, "010-0000-0001" in before] == [False, True, True]
    assert "We call you at the time you chose" in said
    assert "Change the time" in changed
    call.refresh_from_db()
    assert (call.next_at.isoformat(), call.is_booked) == (
        datetime.fromisoformat(offered[3]).astimezone(call.next_at.tzinfo).isoformat(),
        True,
    )
    listed = unescape(desk.get("/admin/desk/calls/").content.decode())
    assert ["booked by the applicant" in listed, "30 Nov 16:30" in listed] == [True, True]


def test_a_full_past_or_invented_time_is_refused_with_an_explanation(clock: Any, order: Order) -> None:
    call, client = ask(order), english(Client(), order.owner)
    full = slots.free_slots(FRIDAY)[0]
    for _ in range(slots.AT_ONCE):
        Call.objects.filter(pk=ask(make_order(state=states.SUBMITTED)).pk).update(next_at=full, is_booked=True)
    late = times(page(client, order))[0]

    refused = [choose(client, call, at) for at in (full.isoformat(), "2026-11-29T03:00:00+08:00", "soon", "")]
    clock.move_to(datetime.fromisoformat(late))
    refused.append(choose(client, call, late))

    assert full.isoformat() not in late
    over, none = "This time is full or over: choose another one", "Nothing was changed: choose one of the times"
    assert [over in html for html in refused] == [True, True, True, False, True]
    assert [none in html for html in refused] == [False, False, False, True, False]
    assert [times(html)[:1] for html in refused[:4]] == [[late]] * 4
    call.refresh_from_db()
    assert not call.is_booked


def fill(at: datetime, places: int) -> None:
    """Other people choose this time."""
    for _ in range(places):
        Call.objects.filter(pk=ask(make_order(state=states.SUBMITTED)).pk).update(next_at=at, is_booked=True)


@pytest.mark.parametrize("at", ["2026-11-29T03:00:00+08:00", ""])
def test_a_refused_choice_leads_to_the_top_of_the_page_where_the_reason_is(clock: Any, order: Order, at: str) -> None:
    """It led to the times, further down, and the reason above them was out of sight."""
    call, client = ask(order), english(Client(), order.owner)

    answer = client.post(reverse("call-slot", args=[order.reference]), {"call": str(call.pk), "slot": at})

    assert answer["Location"] == order.get_absolute_url()


def test_the_time_that_we_had_planned_is_refused_as_any_other_when_it_is_full(clock: Any, order: Order) -> None:
    """It was taken for the person's own, however many had chosen it: the fourth was promised a call nobody makes."""
    call, client = ask(order), english(Client(), order.owner)
    planned = call.next_at
    fill(planned, slots.AT_ONCE)

    said = choose(client, call, planned.isoformat())

    assert "This time is full or over: choose another one" in said
    assert "We call you at the time you chose" not in said
    assert [datetime.fromisoformat(at) for at in times(said)] == slots.free_slots(FRIDAY)
    call.refresh_from_db()
    assert (call.is_booked, call.next_at) == (False, planned)


def test_who_has_chosen_a_time_keeps_it_when_it_is_full(clock: Any, order: Order) -> None:
    call, client = ask(order), english(Client(), order.owner)
    actions.book(call, call.next_at, order.owner)
    fill(call.next_at, slots.AT_ONCE - 1)

    said = choose(client, call, call.next_at.isoformat())

    assert "We call you at the time you chose" in said
    assert Call.objects.filter(next_at=call.next_at, is_booked=True).count() == slots.AT_ONCE


def test_who_comes_second_for_the_last_place_reads_so_and_sees_other_times(clock: Any, order: Order) -> None:
    """Both pages offered it, and the form had found it free."""
    call, client = ask(order), english(Client(), order.owner)
    rival = ask(make_order(state=states.SUBMITTED))
    last = slots.free_slots(FRIDAY)[1]
    fill(last, slots.AT_ONCE - 1)

    with just_before("SAVEPOINT", lambda: actions.book(rival, last, rival.order.owner)):
        said = choose(client, call, last.isoformat())

    assert "This time is full or over: choose another one" in said
    assert last not in [datetime.fromisoformat(at) for at in times(said)]
    assert len(times(said)) == slots.SHOWN
    assert Call.objects.filter(next_at=last, is_booked=True).count() == slots.AT_ONCE
    assert not Call.objects.get(pk=call.pk).is_booked


def test_times_are_offered_after_a_week_in_which_every_time_is_taken(
    clock: Any, order: Order, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "AT_ONCE", 1)
    days = [datetime(2026, 11, 30, tzinfo=BEIJING) + timedelta(days=n) for n in range(5)]
    for at in [datetime.combine(day, time, tzinfo=BEIJING) for day in days for time in slots.TIMES]:
        Call.objects.filter(pk=ask(make_order(state=states.SUBMITTED)).pk).update(next_at=at, is_booked=True)
    ask(order)

    offered = times(page(english(client, order.owner), order))

    assert [at[:16] for at in offered[:1]] == ["2026-12-07T09:30"]
    assert len(offered) == slots.SHOWN


def test_no_call_can_be_chosen_at_or_after_the_deadline_of_the_phone_verification(clock: Any) -> None:
    """Every time of the next days was offered, also those after the order would have been returned."""
    due = datetime(2026, 11, 30, 14, 0, tzinfo=BEIJING)
    order = make_order(state=states.PHONE_DUE, due_at=due)
    call, client = ask(order), english(Client(), order.owner)

    offered = times(page(client, order))
    late = choose(client, call, due.isoformat())
    in_time = choose(client, call, offered[-1])

    assert [at[:16] for at in offered] == ["2026-11-30T09:30", "2026-11-30T11:00"]
    assert "This time is full or over: choose another one" in late
    assert "We call you at the time you chose" in in_time


def test_where_no_time_is_left_before_the_deadline_the_page_says_so_and_asks_for_none(clock: Any) -> None:
    order = make_order(state=states.PHONE_DUE, due_at=FRIDAY + timedelta(hours=48))
    ask(order)

    html = page(english(Client(), order.owner), order)

    assert "No time is left to choose before the deadline of the order." in html
    assert (times(html), "Choose this time" in html) == ([], False)


def test_a_stranger_cannot_choose_and_an_ended_call_says_so(order: Order) -> None:
    call = ask(order)
    address = reverse("call-slot", args=[order.reference])
    at = times(page(english(Client(), order.owner), order))[0]

    stranger = sign_in(Client(), make_user()).post(address, {"call": str(call.pk), "slot": at})
    actions.drop(call, make_reviewer(), "dropped", seen=call.version)

    assert stranger.status_code == 404
    assert "This call is over" in choose(english(Client(), order.owner), call, at)
    assert Call.objects.get().is_booked is False


def test_after_two_missed_calls_the_owner_is_notified_and_a_chosen_time_restarts_the_count(
    clock: Any, order: Order
) -> None:
    call, client, reviewer = ask(order), english(Client(), order.owner), make_reviewer()
    for _ in range(2):
        actions.attempt(call, reviewer, outcome_of(NO_ANSWER), seen=call.version)
        clock.shift(timedelta(hours=1, minutes=1))

    page_text = page(client, order)
    mail = Message.objects.get(template="call_missed", channel="email")
    choose(client, call, times(page_text)[0])
    sent = []
    for _ in range(2):
        actions.attempt(call := Call.objects.get(), reviewer, outcome_of(NO_ANSWER), seen=call.version)
        sent.append(Message.objects.filter(template="call_missed", channel="email").count())
        clock.shift(timedelta(hours=1, minutes=1))

    assert "We rang and reached nobody. Choose a time by Wed 2 Dec, 18:00" in page_text
    assert mail.payload["to"] == order.owner.email
    assert sent == [1, 2]  # the count restarted with the chosen time: notified after the second one, with new days
    assert Call.objects.get().grace_until > datetime(2026, 12, 1, tzinfo=BEIJING)


def test_after_missed_calls_mail_page_and_list_agree_that_the_owner_chooses_a_time(clock: Any, order: Order) -> None:
    call, client = ask(order), english(Client(), order.owner)
    before = [page(client, order), listed(client)]
    actions.attempt(call, make_reviewer(), outcome_of(WRONG_NUMBER), seen=call.version)

    mail = content_of(Message.objects.get(template="call_missed", channel="email")).words.text
    missed = [page(client, order), listed(client)]
    choose(client, call, times(missed[0])[0])
    chosen = [page(client, order), listed(client)]

    assert "Your turn · Choose a time by Wed 2 Dec, 18:00 Beijing time" in mail
    assert [turn_on(each[0]) for each in (before, missed, chosen)] == ["Our turn", "Your turn", "Our turn"]
    assert [each[1] for each in (before, missed, chosen)] == ["ours", "turn", "ours"]
    assert "Choose a time for our call" in missed[0]


def test_the_list_names_the_day_for_choosing_while_it_lasts_and_the_way_to_choose(clock: Any, order: Order) -> None:
    call, client = ask(order), english(Client(), order.owner)
    actions.attempt(call, make_reviewer(), outcome_of(WRONG_NUMBER), seen=call.version)

    row = unescape(client.get(reverse("dashboard")).content.decode())
    clock.shift(timedelta(days=7))
    late = unescape(client.get(reverse("dashboard")).content.decode())

    assert ["2 Dec 18:00" in row, "Choose a time by" in row, ">Withdraw<" in row] == [True, True, False]
    assert ["2 Dec 18:00" in late, "Choose a time by" in late, "Choose a time" in late] == [False, False, True]


def test_two_calls_of_an_order_have_fields_of_their_own(order: Order) -> None:
    for role in ("subject_lead", "administrator"):
        actions.ask(order, make_reviewer(), role=role, about="x")
    client = english(Client(), order.owner)

    marks = re.findall(r'\bid="([^"]+)"', page(client, order))

    assert len([mark for mark in marks if mark.endswith("_slot_0")]) == 2
    assert [mark for mark in marks if marks.count(mark) > 1] == []


def test_before_and_after_the_planned_time_the_page_says_from_which_numbers_we_will_call(
    clock: Any, order: Order, settings: Any
) -> None:
    """Two numbers "calls" a mobile, it said."""
    settings.PROVIDER_CALLER_NUMBERS = ("010-0000-0001", "010-0000-0002")
    call, client = ask(order), english(Client(), order.owner)

    before = strip_tags(page(client, order))
    clock.move_to(call.next_at + timedelta(minutes=5))
    late = strip_tags(page(client, order))

    called = r"we will call 1\d\d\*{4}\d{4} from 010-0000-0001, 010-0000-0002"
    assert re.search(rf"Beijing time: {called}\.", before)
    assert re.search(rf"and have not yet: {called} as soon as we can\.", late)
