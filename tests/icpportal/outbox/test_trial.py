"""A supplier that puts off every message of a quiet portal, and works again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from icpportal.alarms import restored
from icpportal.gateways.errors import Retryable
from icpportal.outbox import queries
from icpportal.outbox.delivery import DELAYS, deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.sending.trial import EVERY, try_put_off
from tests.rivals import just_before

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NIGHT = 50  # minutes into an hour in which no message is tried by itself


@pytest.fixture
def mails(owe: Any, post: Any, settings: Any) -> Any:
    """Five mails that a mail server over its quota has put off for most of an hour."""
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "email": settings.OUTBOX_CHANNELS["post"]}
    for each in range(5):
        owe(f"mail {each}", channel="email", not_before=NOW)
        post.trouble[f"mail {each}"] = over_quota
    Message.objects.update(created_at=NOW)
    for minute in range(15):
        deliver(now=NOW + minute * MINUTE)
    assert set(Message.objects.values_list("attempts", flat=True)) == {5}
    return post


def over_quota() -> str:
    raise Retryable("the mail server puts it off: 452")


def passes(first: int, last: int, step: int = 1) -> list[int]:
    """These minutes of beat, or every so many of them; returns those in which it sent or tried a message."""
    tried = []
    for minute in range(first, last, step):
        now = NOW + minute * MINUTE
        try_put_off(now)
        done = deliver(now=now)
        if done.by_channel:
            tried.append(minute)
    return tried


def test_what_was_tried_so_often_waits_as_long_as_is_assumed():
    assert set(DELAYS[queries.STUBBORN - 1 :]) == {queries.PUT_OFF_FOR}


def test_on_call_reads_within_minutes_that_a_repaired_supplier_takes_messages_again(mails):
    passes(15, 30)
    assert queries.refused_channels(NOW + 30 * MINUTE) == ["email"]

    mails.trouble.clear()
    passes(30, 41)

    assert queries.refused_channels(NOW + 41 * MINUTE) == []
    assert len(mails.arrived) == 1  # the others keep their hour


def test_a_supplier_that_still_refuses_gets_one_message_in_ten_minutes_and_the_alarm_stays(mails):
    last = DELAYS[0] + DELAYS[1] + DELAYS[2] + DELAYS[3]
    began = round(last / MINUTE) + 1

    tried = passes(began + 1, began + NIGHT)

    assert all(later - earlier >= EVERY / MINUTE for earlier, later in zip(tried, tried[1:], strict=False))
    assert len(tried) == 4
    assert queries.refused_channels(NOW + (began + NIGHT) * MINUTE) == ["email"]


def test_messages_sent_before_their_time_are_not_given_up_sooner(mails):
    tried = passes(15, 24 * 60, round(EVERY / MINUTE))  # in the minutes between none is tried, as the test above shows

    assert len(tried) >= 5 * 23  # as often as without it, where every message has its hour
    assert set(Message.objects.values_list("state", flat=True)) == {State.WAITING}
    assert max(Message.objects.values_list("attempts", flat=True)) <= 5 + 24


def test_a_message_tried_before_its_time_has_as_many_attempts_as_before(mails):
    Message.objects.update(attempts=9)

    assert len(passes(15, 30)) == 1

    assert set(Message.objects.values_list("attempts", flat=True)) == {9}


def test_a_few_messages_that_are_put_off_keep_their_hour(mails):
    Message.objects.filter(key="mail 0").delete()

    assert passes(15, 60) == []


def test_a_restored_copy_makes_nothing_due(mails, monkeypatch):
    monkeypatch.setattr(restored, "is_held", lambda: True)

    try_put_off(NOW + 40 * MINUTE)

    assert not Message.objects.filter(next_at__lte=NOW + 40 * MINUTE).exists()


NIGHTLY = datetime(2030, 1, 1, 15, 30, tzinfo=UTC)  # 23:30 in Beijing


def put_off_by_night(owe: Any, settings: Any, templates: list[str]) -> None:
    """Texts with these templates; the supplier has put them off for hours when the quiet hours begin."""
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "sms": settings.OUTBOX_CHANNELS["post"]}
    for place, template in enumerate(templates):
        owe(f"text {place}", channel="sms")
        due = NIGHTLY + timedelta(minutes=10 + place)
        Message.objects.filter(key=f"text {place}").update(template=template, attempts=5, next_at=due)
    Message.objects.update(created_at=NIGHTLY - timedelta(hours=3))


def test_by_night_the_supplier_is_tried_with_an_urgent_text_while_reminders_wait_for_the_morning(owe, post, settings):
    put_off_by_night(owe, settings, [*["draft_reminder"] * 4, "order_returned"])
    post.trouble["text 4"] = over_quota
    for minute in range(60):
        deliver(now=NIGHTLY + minute * MINUTE)
    assert queries.refused_channels(NIGHTLY + 60 * MINUTE) == ["sms"]

    post.trouble.clear()
    for minute in range(60, 72):
        try_put_off(NIGHTLY + minute * MINUTE)
        deliver(now=NIGHTLY + minute * MINUTE)

    assert post.arrived == ["text 4"]
    assert queries.refused_channels(NIGHTLY + 72 * MINUTE) == []


def test_reminders_are_not_tried_by_night(owe, post, settings):
    put_off_by_night(owe, settings, ["draft_reminder"] * 5)
    due_times = set(Message.objects.values_list("next_at", flat=True))

    try_put_off(NIGHTLY - timedelta(minutes=15))
    assert set(Message.objects.values_list("next_at", flat=True)) == due_times


def test_a_message_that_a_worker_takes_at_that_moment_is_left_to_it(mails):
    """As where two watches run, or somebody has it sent again at the review desk: it would be sent twice."""
    now = NOW + 30 * MINUTE
    chosen = queries.put_off("email")[:1].get()
    taken = {"state": State.SENDING, "attempts": 6, "next_at": now + MINUTE, "leased_until": now + MINUTE}

    with just_before("UPDATE", lambda: Message.objects.filter(pk=chosen.pk).update(**taken), of=Message):
        try_put_off(now)

    chosen.refresh_from_db()
    assert {name: getattr(chosen, name) for name in taken} == taken
