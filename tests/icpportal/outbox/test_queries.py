"""Queued and late messages, and what a person has been sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from icpportal.outbox import queries
from icpportal.outbox.actions import notify
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import MessageProblem
from tests.bad import spoil

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)


def set_(key: str, **columns: Any) -> None:
    assert Message.objects.filter(key=key).update(**columns) == 1


@pytest.fixture
def mixed(owe):
    """One message of every kind."""
    for key in ("failed", "given up", "late", "stubborn", "sent", "fresh", "later"):
        owe(key, reference=f"ref {key}", not_before=NOW)
    set_("failed", state=State.FAILED, attempts=9, next_at=None, failed_at=NOW)
    set_("given up", state=State.FAILED, next_at=None, failed_at=NOW, given_up_at=NOW)
    set_("late", next_at=NOW - timedelta(minutes=6))
    set_("stubborn", attempts=5, next_at=NOW + timedelta(hours=1))
    set_("sent", state=State.DELIVERED, attempts=7, next_at=None)
    set_("later", next_at=NOW + timedelta(days=1))


def test_problems_are_failed_late_and_undeliverable_messages(mixed):
    assert queries.trouble(NOW) == [
        MessageProblem(key="failed", reference="ref failed", channel="post", reason=queries.FAILED_WORDS),
        MessageProblem(key="late", reference="ref late", channel="post", reason=queries.LATE_WORDS),
        MessageProblem(key="stubborn", reference="ref stubborn", channel="post", reason=queries.STUBBORN_WORDS),
    ]


def test_a_message_with_two_problems_is_listed_once_with_the_worse(owe):
    owe("both", not_before=NOW - timedelta(hours=1))
    set_("both", attempts=8)

    assert [(found.key, found.reason) for found in queries.trouble(NOW)] == [("both", queries.LATE_WORDS)]


def test_a_quiet_outbox_has_no_problems(owe):
    owe("a", not_before=NOW - timedelta(minutes=4))

    assert queries.trouble(NOW) == []


def test_the_oldest_waiting_is_the_longest_overdue(mixed):
    assert queries.oldest_waiting(NOW) == NOW - timedelta(minutes=6)
    assert queries.oldest_waiting(NOW - timedelta(days=9)) is None


@pytest.mark.parametrize("number", [1, 3])
def test_problems_take_as_many_queries_for_one_as_for_three(owe, django_assert_num_queries, number: int):
    for n in range(number):
        owe(f"a:{n}")
        set_(f"a:{n}", state=State.FAILED, next_at=None, failed_at=NOW)

    with django_assert_num_queries(3):
        assert len(queries.trouble(NOW)) == number


# --- what a person has been told -------------------------------------------------------------


def make_message(user: Any, channel: str, event: str, **more: Any) -> Message:
    to = {"site": str(user.pk), "email": user.email, "sms": "13900000001"}[channel]
    context = {
        "domain": "example.com",
        "ref": "T7Q4-M2KX",
        "due": NOW,
        "mobile": "",
        "name": "",
        **more.pop("context", {}),
    }
    known = {"template": "order_received", "language": "en", "reference": "T7Q4-M2KX", "user_id": user.pk}
    return notify(key=f"{event}:{channel}", channel=channel, to=to, context=context, **{**known, **more})


def test_notes_are_the_readers_own_newest_first(people):
    wang, chen = people(), people("chen@example.com")
    for event in ("e:1", "e:2", "e:3"):
        make_message(wang, "site", event)
        make_message(wang, "email", event)
    make_message(chen, "site", "e:chen")

    assert [note.key for note in queries.notes(wang)] == ["e:3:site", "e:2:site", "e:1:site"]
    assert queries.unread(wang) == 3


def test_a_note_for_later_and_a_failed_one_are_not_listed(people):
    wang = people()
    make_message(wang, "site", "e:later", not_before=NOW)
    make_message(wang, "site", "e:failed")
    set_("e:failed:site", state=State.FAILED)
    make_message(wang, "site", "e:sent", not_before=NOW)
    set_("e:sent:site", state=State.DELIVERED)

    before = [note.key for note in queries.notes(wang, now=NOW - timedelta(seconds=1))]
    after = {note.key for note in queries.notes(wang, now=NOW)}

    assert (before, after) == (["e:sent:site"], {"e:sent:site", "e:later:site"})


def test_mail_and_text_are_listed_with_the_note_of_the_same_event(people, django_assert_num_queries):
    wang, chen = people(), people("chen@example.com")
    for channel in ("site", "email", "sms"):
        make_message(wang, channel, "e:1")
    make_message(chen, "email", "e:1:other")
    Message.objects.filter(user=chen).update(event="e:1")
    make_message(wang, "site", "e:2")
    notes = list(queries.notes(wang))

    with django_assert_num_queries(1):
        beside = queries.deliveries_of_event(wang, notes, ["email", "sms"])

    assert {event: [one.channel for one in found] for event, found in beside.items()} == {
        "e:1": ["email", "sms"],
        "e:2": [],
    }


def test_messages_about_an_order_are_listed_oldest_first_without_content(people, django_assert_num_queries):
    wang = people()
    make_message(wang, "email", "e:1")
    make_message(wang, "sms", "e:2", reference="OTHER")
    make_message(wang, "site", "e:3")

    with django_assert_num_queries(1):
        found = list(queries.about("T7Q4-M2KX"))

    assert [one.key for one in found] == ["e:1:email", "e:3:site"]
    assert {"payload"} == found[0].get_deferred_fields()
    assert list(queries.about("")) == []


def test_on_call_sees_a_channel_that_is_refused_until_one_of_its_messages_leaves(owe: Any) -> None:
    began, number = datetime.now(UTC), 5
    for each in range(number):
        owe(f"text {each}", channel="sms")
        set_(f"text {each}", state=State.FAILED, next_at=None, failed_at=began)
    later = began + timedelta(minutes=59)

    assert queries.refused_channels(later) == ["sms"]
    assert queries.refused_channels(began + timedelta(minutes=61)) == []
    set_("text 0", given_up_at=began)
    assert queries.refused_channels(later) == []
    set_("text 0", given_up_at=None)
    owe("mail", channel="email")
    set_("mail", state=State.DELIVERED, next_at=None, delivered_at=began + timedelta(minutes=1))
    assert queries.refused_channels(later) == ["sms"]
    owe("text that left", channel="sms")
    set_("text that left", state=State.DELIVERED, next_at=None, delivered_at=began + timedelta(minutes=1))
    assert queries.refused_channels(later) == []


def test_on_call_sees_a_mail_server_that_puts_off_every_mail_until_one_leaves(owe: Any) -> None:
    now = datetime.now(UTC)
    for each in range(5):
        owe(f"mail {each}", channel="email")
        set_(
            f"mail {each}",
            attempts=5,
            next_at=now + timedelta(hours=1),
            created_at=now - timedelta(hours=20, minutes=each),
        )

    assert queries.refused_channels(now) == ["email"]
    set_("mail 0", attempts=4)
    assert queries.refused_channels(now) == []
    set_("mail 0", attempts=9)
    owe("one that left", channel="email")
    set_("one that left", state=State.DELIVERED, next_at=None, delivered_at=now)
    assert queries.refused_channels(now) == []


def test_mails_that_one_recipient_puts_off_while_others_leave_are_no_fault_of_the_mail_server(owe: Any) -> None:
    now = datetime.now(UTC)
    for each in range(6):
        owe(f"mail {each}", channel="email")
        set_(f"mail {each}", attempts=7, next_at=now, created_at=now - timedelta(hours=9 - each))
    owe("to another", channel="email")
    set_("to another", state=State.DELIVERED, next_at=None, delivered_at=now, created_at=now - timedelta(hours=6))

    assert queries.refused_channels(now) == []


def test_on_call_sees_no_refusal_once_an_older_mail_that_was_put_off_too_has_left(owe: Any) -> None:
    """In a quiet portal nobody causes a new one: the first that leaves is one of those that waited."""
    now = datetime.now(UTC)
    for each in range(6):
        owe(f"mail {each}", channel="email")
        set_(
            f"mail {each}",
            attempts=7,
            next_at=now + timedelta(minutes=each),
            created_at=now - timedelta(hours=9 - each),
        )
    assert queries.refused_channels(now) == ["email"]

    set_("mail 0", state=State.DELIVERED, next_at=None, delivered_at=now)

    assert queries.refused_channels(now) == []


FULL = {"to": "full@example.com"}


def test_five_mails_to_one_full_mailbox_are_no_fault_of_the_mail_server(owe: Any) -> None:
    """In a quiet portal nothing else leaves, and operations would be called at night for one customer's mailbox."""
    now = datetime.now(UTC)
    for each in range(6):
        owe(f"mail {each}", channel="email", payload=FULL)
        set_(f"mail {each}", attempts=7, next_at=now, created_at=now - timedelta(hours=9 - each))
    assert queries.refused_channels(now) == []

    owe("to another", channel="email", payload={"to": "another@example.com"})
    set_("to another", attempts=5, next_at=now, created_at=now - timedelta(hours=10))

    assert queries.refused_channels(now) == ["email"]


def test_five_mails_that_failed_for_one_mailbox_are_no_fault_of_the_mail_server(owe: Any) -> None:
    now = datetime.now(UTC)
    for each in range(5):
        owe(f"mail {each}", channel="email", payload=FULL)
        set_(f"mail {each}", state=State.FAILED, next_at=None, failed_at=now)
    assert queries.refused_channels(now) == []

    owe("to another", channel="email", payload={"to": "another@example.com"})
    set_("to another", state=State.FAILED, next_at=None, failed_at=now)

    assert queries.refused_channels(now) == ["email"]


@pytest.mark.parametrize("columns", [{"attempts": 7}, {"state": State.FAILED, "next_at": None}])
def test_on_call_sees_the_refusals_though_one_of_the_messages_cannot_be_read(owe: Any, columns: dict[str, Any]) -> None:
    """The check ended with an error, and so did the trial that shows when the supplier takes messages again."""
    now = datetime.now(UTC)
    for each in range(5):
        owe(f"mail {each}", channel="email", payload=FULL)
        set_(f"mail {each}", failed_at=now if "state" in columns else None, **columns)
    spoil(Message.objects.get(key="mail 2"), "payload")

    assert queries.refused_channels(now) == ["email"]


def test_an_outage_is_seen_by_its_newest_messages_alone(owe: Any) -> None:
    """Payloads hold whole files, and anybody can open the page of the health as often as they like."""
    for each in range(9):
        owe(f"mail {each}", channel="email", payload={"to": f"{each}@example.com"})
        set_(f"mail {each}", attempts=7)

    with CaptureQueriesContext(connection) as asked:
        assert queries.put_off_channels() == ["email"]

    read = [each["sql"] for each in asked if '"payload"' in each["sql"].partition(" FROM ")[0]]
    assert [sql.partition(" LIMIT ")[2] for sql in read] == ["5", "5"]  # of mails; and of texts, of which none waits
