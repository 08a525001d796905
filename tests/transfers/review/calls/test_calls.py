"""Calls as work of the desk: requested from a case, attempted by colleagues, announced to the applicant, no verdict."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from icpportal.time_format import BEIJING
from tests.bad import spoil
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_reason,
    make_reviewer,
    make_user,
    moves,
    sign_in,
)
from tests.transfers.outside import cost
from tests.transfers.review.desk import ALTHOUGH, all_ok, case_of, english, page, press, read
from tests.transfers.together import together, words
from transfers.calls import actions, slots
from transfers.calls.outcomes import NO_ANSWER
from transfers.check.readiness import advice_kept
from transfers.models import Call, Order
from transfers.orders import actions as orders
from transfers.review.cases import drafts

pytestmark = pytest.mark.django_db
CALLS = "/admin/desk/calls/"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)
NUMBER, MASKED = "139 1111 0001", "139****0001"
PHONE = "subject.lead_phone1"
TYPED = "rang for a minute</textarea>"
ASKED = {"call-to": "subject_lead", "call-words": "One digit of the number differs", "call-part": "website.site_name"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as travelling:
        yield travelling


@pytest.fixture
def order() -> Order:
    found = make_order(state=states.SUBMITTED)
    found.answers["subject"]["lead_phone1"] = "13911110001"
    found.save()
    return found


def desk(user: User) -> Client:
    return english(Client(), user)


def save_attempt(client: Client, call: Call, outcome: str = NO_ANSWER, **typed: str) -> str:
    """Saves an attempt with the call's current page; returns the page after it."""
    call.refresh_from_db()
    sent = {"move": "attempt", "seen": str(call.version), "outcome": outcome, **typed}
    return unescape(client.post(f"{CALLS}{call.pk}/", sent, follow=True).content.decode())


def texts_sent() -> list[str]:
    return list(Message.objects.filter(channel="sms").order_by("pk").values_list("template", flat=True))


def test_a_reviewer_requests_a_call_and_a_colleague_finds_the_number_and_calls(clock: Any, order: Order) -> None:
    asker, caller = desk(make_reviewer()), desk(make_reviewer())
    said = press(asker, order, "call", **ASKED, **{"verdict.website.site_name": "ok"})

    call = Call.objects.get()

    listed, opened = page(caller, CALLS), page(caller, f"{CALLS}{call.pk}/")
    revealed = unescape(caller.post(f"{CALLS}{call.pk}/", {"move": "show"}).content.decode())

    assert said.status_code == 302
    assert [MASKED in listed, "13911110001" in listed, order.reference in listed] == [True, False, True]
    assert ["One digit of the number differs" in opened, MASKED in opened, NUMBER in opened] == [True, True, False]
    assert ["Am I speaking with" in opened, "请问" in opened, NUMBER in revealed] == [True, True, True]
    looks = AccessNote.objects.exclude(what="order").values_list("what", "times", "reference", "client")
    here = (order.reference, "127.0.0.1")
    assert sorted(looks) == [("call", 2, *here), ("call number", 1, *here)]
    before = (read(order).state, read(order).version, order.rounds.count())
    assert "The call is saved" in save_attempt(caller, call, "reached", note="He reads B, not 8")
    assert (read(order).state, read(order).version, order.rounds.count()) == before
    assert "Nobody has to be called" in page(caller, CALLS)
    assert "He reads B, not 8" in page(asker, case_of(order, "more"))


@pytest.mark.parametrize(
    ("outcome", "is_told", "missed", "is_open"),
    [
        ("wrong_number", True, 1, True),
        ("later", False, 0, True),
        (NO_ANSWER, False, 1, True),
        ("reached", False, 0, False),
    ],
)
def test_the_result_of_an_attempt_decides_what_follows(
    clock: Any, order: Order, outcome: str, is_told: bool, missed: int, is_open: bool
) -> None:
    call, caller = actions.ask(order, make_reviewer(), role="subject_lead", about="x"), desk(make_reviewer())
    slot = slots.free_slots(timezone.now())[1].isoformat()

    refused = (
        save_attempt(caller, call, outcome, note="typed") if outcome == "later" else "Choose when to call back typed"
    )
    save_attempt(caller, call, outcome, slot=slot)

    call.refresh_from_db()
    assert ["Choose when to call back" in refused, "typed" in refused] == [True, True]
    assert (call.missed, call.ended_at is None) == (missed, is_open)
    assert Message.objects.filter(template="call_missed", channel="email").exists() == is_told


def test_a_call_no_longer_needed_is_closed_with_the_name_of_who_did(clock: Any, order: Order) -> None:
    call, caller = actions.ask(order, make_reviewer(), role="subject_lead", about="x"), make_reviewer()
    sent = {"move": "drop", "note": "he wrote us a mail"}

    late = desk(caller).post(f"{CALLS}{call.pk}/", {**sent, "seen": "7"}, follow=True).content.decode()
    html = desk(caller).post(f"{CALLS}{call.pk}/", {**sent, "seen": "0"}, follow=True).content.decode()

    call.refresh_from_db()
    assert "he wrote us a mail</textarea>" in late
    assert "nobody has to call any more" in unescape(html)
    assert (call.result, call.ended_by) == ("dropped", caller)
    note = order.colleague_notes.get()
    assert (note.author, note.words) == (caller, "he wrote us a mail")
    older_tab = desk(caller).post(f"{CALLS}{call.pk}/", {"move": "show"}).content.decode()
    assert ["Done: " in older_tab, "Show the number" in older_tab, NUMBER in older_tab] == [True, False, False]


def test_the_number_is_shown_beside_the_words_typed_about_the_call(clock: Any, order: Order) -> None:
    call = actions.ask(order, make_reviewer(), role="subject_lead", about="x")

    sent = {"move": "show", "outcome": NO_ANSWER, "note": "rang for a minute"}
    html = unescape(desk(make_reviewer()).post(f"{CALLS}{call.pk}/", sent).content.decode())

    assert [NUMBER in html, "rang for a minute</textarea>" in html, "Show the number" in html] == [True, True, False]
    assert f'value="{NO_ANSWER}" checked' in html


def test_a_call_about_an_unreadable_order_names_nobody(clock: Any, order: Order) -> None:
    call = actions.ask(order, make_reviewer(), role="subject_lead", about="x")
    spoil(order, "answers")

    assert order.reference in page(desk(make_reviewer()), f"{CALLS}{call.pk}/")


def test_the_second_to_save_reads_who_was_first_and_loses_no_word(clock: Any, order: Order) -> None:
    first, second = make_reviewer(), make_reviewer()
    call = actions.ask(order, first, role="subject_lead", about="x")
    seen = str(call.version)
    save_attempt(desk(first), call)

    sent = {"move": "attempt", "seen": seen, "outcome": NO_ANSWER, "note": "rang for a minute"}
    html = unescape(desk(second).post(f"{CALLS}{call.pk}/", sent).content.decode())

    assert ["tried at 10:00" in html, "rang for a minute</textarea>" in html] == [True, True]
    assert call.attempts.count() == 1


def test_two_missed_calls_return_nothing_before_a_notice_and_its_grace_period(clock: Any, order: Order) -> None:
    make_reason("telephone", PHONE)
    reviewer = make_reviewer()
    client = desk(reviewer)
    call = actions.ask(order, reviewer, role="subject_lead", about="x")
    unreached = {f"verdict.{PHONE}": "return", f"reason.{PHONE}": "telephone", **ALTHOUGH}
    address = f"{CALLS}{call.pk}/"

    def returned() -> str:
        press(client, order, "send_back", kept=drafts.read(order, reviewer).stamp, **unreached)
        return read(order).state

    save_attempt(client, call)
    clock.shift(timedelta(minutes=30))
    save_attempt(client, call)  # within the hour: the same attempt
    assert (texts_sent(), returned()) == ([], states.SUBMITTED)
    clock.shift(timedelta(hours=2))
    html = save_attempt(client, call)
    assert "missed 2 of 2" in html
    assert [texts_sent(), "Return the order…" in html, returned()] == [["call_missed"], False, states.SUBMITTED]
    sent = {"move": "return", "seen": call.version, "outcome": NO_ANSWER, "note": "rang for a minute"}
    refused = client.post(address, sent, follow=True).content.decode()
    assert ["Not before the time to answer is over" in refused, TYPED in refused] == [True, True]

    clock.move_to(datetime(2026, 11, 27, 18, 0, tzinfo=BEIJING))  # three working days later
    assert (read(order).state, "Return the order…" in page(client, address)) == (states.SUBMITTED, True)
    letter = unescape(client.post(address, sent, follow=True).content.decode())
    assert "Return to the applicant" in letter
    back, case = page(client, address), page(client, case_of(order))
    assert [TYPED in back, f'value="{NO_ANSWER}" checked' in back, "rang for a minute" in case] == [True, True, True]
    assert returned() == states.RETURNED
    call.refresh_from_db()
    assert call.result == "returned"


def test_the_page_of_the_order_names_no_time_that_is_over(clock: Any, order: Order) -> None:
    call, theirs = actions.ask(order, make_reviewer(), role="subject_lead", about="x"), desk(order.owner)
    booked = slots.free_slots(timezone.now())[0]
    actions.book(call, booked, order.owner)
    before = page(theirs, order.get_absolute_url())

    clock.move_to(booked + timedelta(minutes=20))
    late = page(theirs, order.get_absolute_url())
    Call.objects.update(grace_until=timezone.now())
    over = page(theirs, order.get_absolute_url())

    assert "have not yet" not in before
    assert ["We were due to call at" in late, "have not yet" in late] == [True, True]
    assert [f'value="{booked.isoformat()}"' in each for each in (before, late)] == [True, False]
    assert ["the time to answer is over" in over, "nothing is decided because of it before" in over] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_of_five_who_choose_the_last_times_at_once_three_are_called_then() -> None:
    orders_ = [make_order(state=states.SUBMITTED) for _ in range(5)]
    calls = [actions.ask(each, make_reviewer(), role="subject_lead", about="x") for each in orders_]

    for at in slots.free_slots(timezone.now())[:3]:  # the first is the one that we had planned
        ends = together(*(lambda call=call, at=at: actions.book(call, at, call.order.owner) for call in calls))

        assert words(ends) == ["CallRefused", "CallRefused", "done", "done", "done"]
        assert Call.objects.filter(next_at=at, is_booked=True).count() == slots.AT_ONCE


def test_who_accepts_an_order_with_a_call_to_make_reads_that_it_stays(order: Order) -> None:
    client = desk(make_reviewer())
    press(client, order, "keep", **all_ok(order))
    without = page(client, case_of(order, "accept"))
    actions.ask(order, make_reviewer(), role="subject_lead", about="x")

    said = page(client, case_of(order, "accept"))

    assert ["The call to make stays in the list" in each for each in (without, said)] == [False, True]


def test_the_number_that_was_rung_is_returned_where_one_person_answers_for_both_by_now(order: Order) -> None:
    make_reason("telephone", f"{PHONE} administrator.admin_phone1")
    client = desk(make_reviewer())
    call = actions.ask(order, make_reviewer(), role="administrator", about="x")
    Call.objects.update(grace_until=timezone.now())
    order.answers = {**order.answers, "administrator": {"same_person": "yes"}}
    order.save()

    letter = unescape(client.post(f"{CALLS}{call.pk}/", {"move": "return", "seen": "0"}, follow=True).content.decode())

    assert ["Return to the applicant" in letter, "Contact 1 (mobile)" in letter] == [True, True]


def test_what_was_kept_of_a_try_is_gone_once_it_is_saved_and_stands_at_no_other_call(clock: Any, order: Order) -> None:
    reviewer = make_reviewer()
    first, second = (actions.ask(order, reviewer, role=role, about="x") for role in ("subject_lead", "administrator"))
    Call.objects.update(grace_until=timezone.now())
    client, sent = desk(reviewer), {"move": "return", "seen": "0", "outcome": NO_ANSWER, "note": "rang for a minute"}
    client.post(f"{CALLS}{first.pk}/", sent)

    kept = [TYPED in page(client, f"{CALLS}{call.pk}/") for call in (first, second)]
    save_attempt(client, first, note="rang for a minute")

    assert [*kept, TYPED in page(client, f"{CALLS}{first.pk}/")] == [True, False, False]
    assert "You typed this and it was not used" not in page(client, case_of(order))


@pytest.mark.parametrize(("role", "status"), [((AUDITOR,), 403), ((OPERATIONS,), 403), (("applicant",), 404)])
def test_no_other_role_sees_a_call(order: Order, role: tuple[str, ...], status: int) -> None:
    call = actions.ask(order, make_reviewer(), role="subject_lead", about="x")
    client = desk(make_user(held_roles=role))

    answers = [client.get(CALLS), client.get(f"{CALLS}{call.pk}/"), client.post(f"{CALLS}{call.pk}/", {"move": "show"})]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert AccessNote.objects.filter(what__startswith="call").count() == 0


def test_a_list_of_calls_and_a_call_take_few_queries(clock: Any, order: Order) -> None:
    reviewer = make_lead_reviewer()
    client = desk(reviewer)
    order.advice = advice_kept(order)
    order.save(update_fields=["advice"])
    call = actions.ask(order, reviewer, role="subject_lead", about="x", part="website.site_name")
    for _ in range(3):
        actions.ask(make_order(state=states.SUBMITTED), reviewer, role="subject_lead", about="x")
    for address in (CALLS, f"{CALLS}{call.pk}/"):
        page(client, address)
        assert cost(lambda found=address: page(client, found)) <= 15


def test_an_order_that_ends_ends_its_calls(order: Order) -> None:
    call = actions.ask(order, make_reviewer(), role="subject_lead", about="x")

    sign_in(Client(), order.owner).post(
        reverse("order-move", args=[order.reference, "withdraw"]), {"reason": "not_wanted"}
    )

    call.refresh_from_db()
    assert (call.result, moves(order)[-1]) == ("order_ended", "withdraw")


def test_nobody_is_to_be_called_about_an_order_that_was_withdrawn_at_this_moment(order: Order) -> None:
    as_the_reviewer_read_it = read(order)
    orders.withdraw(order, actor=order.owner, reason="not_wanted")

    with pytest.raises(actions.CallRefused, match="订单已结束"):
        actions.ask(as_the_reviewer_read_it, make_reviewer(), role="subject_lead", about="x")

    assert not Call.objects.exists()
    assert "call_planned" not in moves(order)
