"""Queueing a message: once per key, in the transaction of its event, with invalid ones refused at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from icpportal.outbox import actions, wake
from icpportal.outbox.actions import ContentErased, discard, mark_read, notify, notify_all, queue, resend
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.texts.catalogue import HeaderInjection, MissingWord, UnknownMessage

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)
CONTEXT: dict[str, Any] = {
    "domain": "example.com",
    "ref": "T7Q4-M2KX",
    "due": DUE,
    "mobile": "139****0002",
    "name": "王*人",
    "left": {"zh": "1 小时", "en": "1 hour"},
}


def letter(**other: Any) -> dict[str, Any]:
    known = {
        "key": "order_received:7:account:email",
        "template": "order_received",
        "channel": "email",
        "to": "wang@example.com",
        "language": "zh-hans",
        "context": CONTEXT,
        "reference": "T7Q4-M2KX",
    }
    return {**known, **other}


# --- queue -----------------------------------------------------------------------------------


def test_a_queued_message_waits_with_all_its_data(owe):
    message = owe("report:7:1", reference="T7Q4-M2KX")

    row = Message.objects.get()
    assert row == message
    assert (row.channel, row.key, row.reference, row.state) == ("post", "report:7:1", "T7Q4-M2KX", State.WAITING)
    assert (row.payload, row.attempts, row.receipt, row.last_error) == ({"says": "report:7:1"}, 0, "", "")
    assert row.next_at <= timezone.now()


def test_the_same_key_again_returns_the_existing_row(owe, post):
    first = owe("report:7:1")
    deliver()

    again = queue(channel="post", key="report:7:1", payload={"says": "something else"})

    assert again == first
    assert (again.state, again.payload) == (State.DELIVERED, {"says": "report:7:1"})
    assert Message.objects.count() == 1


def test_a_message_is_rolled_back_with_its_transaction(owe):
    with transaction.atomic():
        owe("report:7:1")
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_queueing_takes_one_query(owe, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        owe("report:7:1")

    assert captured.captured_queries[0]["sql"].startswith("INSERT")


def test_no_payload_can_be_read_in_the_database(owe):
    owe("report:7:1", payload={"mobile": "13900000002"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_message")
        columns = str(cursor.fetchall())
    assert "13900000002" not in columns
    assert "report:7:1" in columns


def test_a_message_for_later_waits_until_then(owe, post):
    later = timezone.now() + timedelta(hours=1)
    owe("report:7:1", not_before=later)

    now, then = deliver(now=later - timedelta(seconds=1)), deliver(now=later)

    assert (now.delivered, then.delivered) == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"channel": "telex"}, "no channel telex"),
        ({"key": ""}, "names the event"),
        ({"key": "mail:a@b.cn"}, "personal"),
    ],
)
def test_a_wrong_channel_or_key_is_refused(owe, wrong: dict[str, str], words: str):
    with pytest.raises(ValueError, match=words):
        owe(**{"key": "report:7:1", **wrong})

    assert Message.objects.count() == 0


def test_a_conflict_about_anything_but_the_key_is_not_swallowed(owe, monkeypatch):
    first, make = owe("report:7:1"), actions._message

    def of_the_same_id(*about: Any) -> Message:
        message = make(*about)
        message.pk = first.pk
        return message

    monkeypatch.setattr(actions, "_message", of_the_same_id)

    with pytest.raises(IntegrityError), transaction.atomic():
        owe("report:7:2")


def test_a_worker_is_woken_after_the_commit_and_only_for_new_messages(owe, nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        owe("report:7:1")
        before_commit = list(nudges)
    with django_capture_on_commit_callbacks(execute=True):
        owe("report:7:1")

    assert before_commit == []
    assert nudges == [(wake.DELIVER, [])]


def test_for_a_code_the_worker_of_codes_is_woken(owe, nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = owe("code:1", is_secret=True)
    with django_capture_on_commit_callbacks(execute=True):
        resend(message, actor="somebody")

    assert nudges == [(wake.DELIVER_CODES, [])] * 2


# --- tell ------------------------------------------------------------------------------------


def test_a_message_keeps_only_the_words_its_channel_needs():
    message = notify(**letter(context={**CONTEXT, "number": "宁ICP备00000000号-1", "authority_words": "…"}))

    assert set(message.payload["context"]) == {"domain", "ref", "due", "mobile"}
    assert (message.payload["to"], message.payload["language"]) == ("wang@example.com", "zh-hans")
    assert (message.template, message.reference, message.is_secret) == ("order_received", "T7Q4-M2KX", False)


@pytest.mark.parametrize("channel", ["email", "sms", "site"])
def test_mail_text_and_note_of_one_event_and_person_are_linked(channel: str, people):
    user = people()
    to = {"email": "wang@example.com", "sms": "13900000001", "site": str(user.pk)}[channel]

    message = notify(**letter(key=f"order_received:7:account:{channel}", channel=channel, to=to, user_id=user.pk))

    assert (message.event, message.user) == ("order_received:7:account", user)


def test_a_note_on_the_site_finds_its_reader_by_the_address(people):
    user = people()

    message = notify(**letter(key="n:1", channel="site", to=str(user.pk)))

    assert Message.objects.get().user == user
    assert message.key == "n:1"


@pytest.mark.parametrize("channel", ["email", "sms", "site"])
def test_a_missing_word_is_an_error_when_the_message_is_queued(channel: str, people):
    context = {name: value for name, value in CONTEXT.items() if name != "due"}

    with pytest.raises(MissingWord, match="order_received.*needs {due}"):
        notify(**letter(channel=channel, context=context, to=str(people().pk)))

    assert Message.objects.count() == 0


def test_an_unknown_message_is_an_error_when_it_is_queued():
    with pytest.raises(UnknownMessage, match="order_recieved"):
        notify(**letter(template="order_recieved"))


@pytest.mark.parametrize(
    "to", ["", "wang@example.com\nBcc: all@example.com", "wang@example.com\r", "a\x00b@example.com"]
)
def test_an_address_with_a_line_break_or_an_empty_one_is_refused(to: str):
    with pytest.raises(HeaderInjection):
        notify(**letter(to=to))

    assert Message.objects.count() == 0


def test_a_line_break_in_the_name_of_an_attachment_is_refused():
    file = {"name": "a.ics\r\nX: y", "type": "text/calendar", "content": "BEGIN:VCALENDAR"}

    with pytest.raises(HeaderInjection):
        notify(**letter(attachments=[file]))


def test_a_code_is_never_a_note_on_the_site(people):
    with pytest.raises(ValueError, match="never lies on the site"):
        notify(**letter(template="code_sign_up", channel="site", to=str(people().pk), context={"code": "204816"}))


def test_a_code_is_secret_and_valid_for_ten_minutes():
    before = timezone.now()

    message = notify(**letter(template="code_sign_up", channel="sms", to="13900000001", context={"code": "204816"}))

    assert message.is_secret
    assert timedelta(minutes=10) <= message.not_after - before < timedelta(minutes=11)


def test_a_reminder_is_valid_until_its_deadline():
    message = notify(
        **letter(template="phones_1h", channel="sms", to="13900000001", context={**CONTEXT, "left": "1 hour"})
    )

    assert (message.is_secret, message.not_after) == (False, DUE)


def test_many_messages_take_one_insert(django_assert_num_queries, nudges, django_capture_on_commit_callbacks):
    letters = [letter(key=f"order_received:{n}:account:email") for n in range(5)]

    with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(1):
        number = notify_all(letters)

    assert number == 5
    assert Message.objects.count() == 5
    assert nudges == [(wake.DELIVER, [])]


def test_many_messages_leave_an_existing_key_unchanged(owe, post):
    notify(**letter(key="a:email"))

    notify_all([letter(key="a:email", to="other@example.com"), letter(key="b:email")])

    assert {message.key: message.payload["to"] for message in Message.objects.all()} == {
        "a:email": "wang@example.com",
        "b:email": "wang@example.com",
    }


def test_one_invalid_message_among_many_queues_none():
    with pytest.raises(MissingWord):
        notify_all([letter(key="a:email"), letter(key="b:email", context={})])

    assert Message.objects.count() == 0


def test_no_messages_queue_nothing(nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert notify_all([]) == 0

    assert nudges == []


# --- by staff --------------------------------------------------------------------------------


def make_failed(owe: Callable[..., Message], **columns: Any) -> Message:
    message = owe("report:7:1")
    Message.objects.filter(pk=message.pk).update(
        **{"state": State.FAILED, "attempts": 9, "last_error": "no", **columns}
    )
    message.refresh_from_db()
    return message


def test_a_failed_message_sent_again_starts_with_the_first_delay(owe, post):
    message = make_failed(owe, not_after=timezone.now() - timedelta(days=1), given_up_at=timezone.now())

    assert resend(message, actor="op")

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.WAITING, 0, "")
    assert (message.not_after, message.failed_at, message.given_up_at) == (None, None, None)
    assert deliver().delivered == 1
    assert post.arrived == ["report:7:1"]


@pytest.mark.parametrize("state", [State.SENDING, State.DELIVERED])
@pytest.mark.parametrize("action", [resend, discard])
def test_a_message_being_sent_or_finished_is_left_alone(owe, state: State, action: Callable[..., bool]):
    message = make_failed(owe, state=state)

    assert not action(message, actor="op")

    message.refresh_from_db()
    assert (message.state, message.attempts) == (state, 9)


def test_an_erased_message_cannot_be_sent_again(owe):
    message = make_failed(owe)
    message.payload = {}
    message.save()

    with pytest.raises(ContentErased):
        resend(message, actor="op")


def test_a_message_given_up_is_not_sent_any_more_and_its_code_is_erased(owe, post):
    message = owe("code:1", is_secret=True)

    assert discard(message, actor="op")

    message.refresh_from_db()
    assert (message.state, message.last_error, message.payload) == (State.FAILED, actions.GIVEN_UP, {})
    assert message.given_up_at is not None
    assert deliver().delivered == 0
    assert not discard(message, actor="op")


def test_a_message_without_a_code_that_is_given_up_keeps_its_content(owe):
    message = owe("report:7:1")

    discard(message, actor="op")

    message.refresh_from_db()
    assert message.payload == {"says": "report:7:1"}


def test_the_actor_is_in_the_log_and_the_content_is_not(owe, caplog):
    caplog.set_level("INFO", logger="icpportal.outbox")
    message = make_failed(owe, reference="T7Q4-M2KX")

    resend(message, actor="op-12")

    (record,) = [record for record in caplog.records if record.message == "sent again by staff"]
    assert (record.key, record.reference, record.actor) == ("report:7:1", "T7Q4-M2KX", "op-12")
    assert "says" not in str(record.__dict__)


# --- by the reader ---------------------------------------------------------------------------


def test_opening_a_note_marks_that_one_and_only_for_its_reader(people):
    wang, chen = people(), people("chen@example.com")
    notes = [notify(**letter(key=f"n:{n}", channel="site", to=str(wang.pk))) for n in range(2)]
    notify(**letter(key="n:chen", channel="site", to=str(chen.pk)))

    by_stranger = mark_read(chen, notes[0].pk)
    by_reader = mark_read(wang, notes[0].pk, now=DUE)
    twice = mark_read(wang, notes[0].pk)

    assert (by_stranger, by_reader, twice) == (0, 1, 0)
    read = Message.objects.exclude(read_at=None)
    assert [(message.key, message.read_at) for message in read] == [("n:0", DUE)]


def test_all_notes_of_the_reader_and_nobody_elses_are_marked_at_once(people):
    wang, chen = people(), people("chen@example.com")
    for n in range(3):
        notify(**letter(key=f"n:{n}", channel="site", to=str(wang.pk)))
    notify(**letter(key="n:chen", channel="site", to=str(chen.pk)))
    notify(**letter(key="m:1", user_id=wang.pk))

    assert mark_read(wang) == 3

    assert set(Message.objects.filter(read_at=None).values_list("key", flat=True)) == {"n:chen", "m:1"}
