"""Messages of many orders at once: written at delivery for the readers of that time, with the facts of the move."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.texts import catalogue, formats
from tests.bad import spoil
from tests.transfers.builders import make_order, make_user
from tests.transfers.conftest import FakeAuthority
from transfers.deadlines.sweep import sweep
from transfers.models import Order
from transfers.notifications import notices

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
OVER = NOW - timedelta(days=3)


@pytest.fixture
def closed(authority: FakeAuthority) -> Order:
    """A draft that a sweep has closed; its owner reads English."""
    order = make_order(make_user(language="en"), due_at=OVER)
    sweep(now=NOW)
    return order


def letters(order: Order) -> list[Message]:
    return list(Message.objects.filter(reference=order.reference).exclude(channel=notices.CHANNEL).order_by("channel"))


def notice(order: Order) -> Message:
    return Message.objects.get(reference=order.reference, channel=notices.CHANNEL)


def test_a_notice_becomes_one_message_per_reader_and_channel(closed: Order) -> None:
    before = letters(closed)

    deliver(only=notices.CHANNEL)

    assert before == []
    assert [(letter.channel, letter.template) for letter in letters(closed)] == [
        (channel, "draft_expired") for channel in ("email", "site", "sms")
    ]
    assert notice(closed).state == State.DELIVERED


def test_a_notice_delivered_again_notifies_nobody_twice(closed: Order) -> None:
    for _ in range(2):
        notices.deliver(notice(closed))

    assert len(letters(closed)) == 3


def test_its_readers_language_and_address_are_those_of_the_delivery(closed: Order) -> None:
    type(closed.owner).objects.filter(pk=closed.owner_id).update(language="zh-hans", email="moved@example.com")

    deliver(only=notices.CHANNEL)

    mail = letters(closed)[0].payload
    assert (mail["language"], mail["to"]) == ("zh-hans", "moved@example.com")


def test_its_dates_are_those_of_the_move(closed: Order, settings: Any) -> None:
    """The order was taken up, or its dates moved, before the notice was sent."""
    Order.objects.filter(pk=closed.pk).update(state="draft", entered_at=NOW, due_at=NOW + timedelta(days=9))

    deliver(only=notices.CHANNEL)

    mail = letters(closed)[0].payload
    said = catalogue.render("draft_expired", "email", "en", formats.unpack_all(mail["context"])).text
    assert formats.format_value("due", OVER + settings.DRAFT_KEPT, "en") in said


def test_nobody_is_notified_about_an_erased_order(closed: Order) -> None:
    Order.objects.filter(pk=closed.pk).update(domain="")

    deliver(only=notices.CHANNEL)

    assert letters(closed) == []
    assert notice(closed).receipt == notices.NOBODY_LEFT


def test_a_notice_of_an_unreadable_order_waits_for_people_and_is_never_given_up(closed: Order) -> None:
    before = spoil(closed, "answers")
    Message.objects.update(attempts=200)
    deliver(only=notices.CHANNEL)
    waits = notice(closed).state

    spoil(closed, "answers", before)
    deliver(only=notices.CHANNEL, now=timezone.now() + timedelta(hours=2))

    assert (waits, len(letters(closed))) == (State.WAITING, 3)


def test_it_contains_no_personal_data_in_plain_text(closed: Order) -> None:
    open_columns = notice(closed)
    kept = Message.objects.filter(pk=open_columns.pk).values_list("key", "event", "template", "reference").get()

    assert closed.domain not in str(kept)
    assert closed.owner.email not in str(kept)
