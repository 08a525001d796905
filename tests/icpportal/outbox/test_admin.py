"""The outbox at the review desk: visible to operations, changed by permission, and without personal data."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from icpportal.alarms.causes import cause_of
from icpportal.desk.event_lines import in_each_language
from icpportal.operations.monitoring import health
from icpportal.outbox.actions import notify
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import failed_messages, refused_channels
from icpportal.outbox.texts import catalogue

pytestmark = pytest.mark.django_db
LIST = "admin:outbox_message_changelist"


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def staff(client, people):
    """Signs in staff with these permissions."""

    def sign_in(*codenames: str, email: str = "op@example.com") -> Any:
        user = people(email, is_staff=True, language="en")
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="outbox", codename__in=codenames))
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def make_message(key: str = "order_received:7:account:sms", *, to: str = "13900000002", **columns: Any) -> Message:
    context = {"domain": "secret-domain.example", "ref": "T7Q4-M2KX", "due": timezone.now() + timedelta(days=2)}
    message = notify(
        key=key,
        template="order_received",
        channel="sms",
        to=to,
        language="en",
        context=context,
        reference="T7Q4-M2KX",
    )
    if columns:
        Message.objects.filter(pk=message.pk).update(**columns)
    return message


def make_failed(key: str = "order_received:7:account:sms", *, to: str = "13900000002", **columns: Any) -> Message:
    ended = {
        "state": State.FAILED,
        "attempts": 9,
        "next_at": None,
        "failed_at": timezone.now(),
        "last_error": "refused: 550",
    }
    return make_message(key, to=to, **{**ended, **columns})


def act(client: Any, action: str, *messages: Message) -> Any:
    return client.post(reverse(LIST), {"action": action, "_selected_action": [str(message.pk) for message in messages]})


def test_operations_see_state_key_and_errors_and_nothing_personal(staff):
    message = make_failed()
    client = staff("view_message")

    pages = [client.get(reverse(LIST)), client.get(reverse("admin:outbox_message_change", args=[message.pk]))]

    texts = [page.content.decode() for page in pages]
    assert [page.status_code for page in pages] == [200, 200]
    assert "Could not be sent" in texts[0]
    assert "refused: 550" in texts[0]
    assert "order_received:7:account:sms" in texts[1]
    assert "<h1>…: received for review (order …) · Text message</h1>" in texts[1]
    for text in texts:
        assert "13900000002" not in text
        assert "secret-domain" not in text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "… needs changes (…): resubmit by … (order …)"),
        ("zh-hans", "… 有 … 处需要修改，请在 … 前重新提交（订单 …）"),
    ],
)
def test_the_title_of_a_message_reads_as_its_subject_with_both_brackets(language: str, title: str):
    with override(language):
        titles = {name: catalogue.title_of(name) for name in catalogue.names()}

    assert titles["order_returned"] == title
    lone = [each for each in titles.values() if any(each.count(a) != each.count(b) for a, b in ("()", "（）", "“”"))]
    assert lone == []


@pytest.mark.parametrize("query", ["care=failed", "care=late", "state__exact=failed", "channel=sms", "q=T7Q4-M2KX"])
def test_the_list_can_be_filtered(staff, query: str):
    make_failed("k:failed:sms")
    make_message("k:late:sms", next_at=timezone.now() - timedelta(hours=1), reference="OTHER")
    client = staff("view_message")

    answer = client.get(f"{reverse(LIST)}?{query}")

    expected = {"care=late": {"k:late:sms"}, "channel=sms": {"k:late:sms", "k:failed:sms"}}
    keys = {message.key for message in answer.context["cl"].queryset}
    assert keys == expected.get(query, {"k:failed:sms"})


def test_nothing_can_be_added_changed_or_deleted(staff):
    message = make_failed()
    client = staff("view_message", "deliver_message", "add_message", "change_message", "delete_message")

    change = reverse("admin:outbox_message_change", args=[message.pk])
    answers = [
        client.get(reverse("admin:outbox_message_add")),
        client.post(change, {"state": "delivered", "key": "other"}),
        client.post(reverse("admin:outbox_message_delete", args=[message.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    message.refresh_from_db()
    assert (message.key, message.state) == ("order_received:7:account:sms", State.FAILED)


@pytest.mark.parametrize("action", ["send_again", "give_up", "delete_selected"])
def test_with_read_permission_only_no_action_runs(staff, action: str):
    message = make_failed()
    client = staff("view_message")

    act(client, action, message)

    message.refresh_from_db()
    assert (message.state, message.attempts, message.given_up_at) == (State.FAILED, 9, None)
    assert LogEntry.objects.count() == 0


def test_operations_resend_failed_messages_and_it_is_recorded(staff):
    messages = [make_failed(f"k:{number}:sms") for number in range(2)]
    done = make_message("k:done:sms", state=State.DELIVERED, next_at=None)
    client = staff("view_message", "deliver_message")

    answer = client.get(act(client, "send_again", *messages, done).url)

    assert set(Message.objects.exclude(pk=done.pk).values_list("state", "attempts")) == {(State.WAITING, 0)}
    assert Message.objects.get(pk=done.pk).state == State.DELIVERED
    notes = LogEntry.objects.values_list("object_id", "change_message")
    said = sorted((key, in_each_language(words)["en"]) for key, words in notes)
    assert said == sorted((str(message.pk), "resent by staff") for message in messages)
    text = answer.content.decode()
    assert "2 messages: resent by staff" in text
    assert "1 message left unchanged" in text


def test_operations_give_up_messages_that_cannot_be_sent(staff):
    waiting = make_message()
    client = staff("view_message", "deliver_message")

    act(client, "give_up", waiting)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.next_at, waiting.last_error) == (State.FAILED, None, "given up by staff")
    assert waiting.given_up_at is not None


@pytest.mark.parametrize("action", ["send_again", "give_up"])
def test_night_shift_ends_the_alarm_about_refused_messages_page_by_page_as_the_alarm_says(staff, action):
    for number in range(10, 40):  # more than a page of the list shows
        make_failed(f"k:{number}:sms", to=f"139000000{number}")
    client = staff("view_message", "deliver_message")
    now = timezone.now()
    with override("en"):
        advice = str(cause_of("health.outbox").act)
    is_red = not health.deep_checks(now)["outbox"]()["ok"]

    pages = []
    for _press in range(2):
        page = client.get(reverse(LIST), {"care": "failed"}).content.decode()
        ticked = re.findall('name="_selected_action" value="([^"]+)"', page)  # by the box in the head of the list
        client.post(f"{reverse(LIST)}?care=failed", {"action": action, "_selected_action": ticked})
        pages.append((len(ticked), "data-all" in page))

    assert is_red
    for words in ("Outgoing messages", "Failed, not given up"):
        assert words in advice
        assert words in page
    assert pages == [(25, True), (5, True)]
    assert not failed_messages().exists()
    assert not refused_channels(now)


def test_an_erased_code_is_left_unchanged(staff):
    message = make_failed()
    message.refresh_from_db()
    message.payload = {}
    message.save()
    client = staff("view_message", "deliver_message")

    answer = act(client, "send_again", message)

    assert Message.objects.get().state == State.FAILED
    assert "1 message left unchanged" in answer.content.decode()


def test_an_applicant_does_not_find_the_review_desk(client, people):
    make_failed()
    client.force_login(people())

    assert client.get(reverse(LIST)).status_code == 404


def test_staff_without_the_permission_are_refused(staff):
    make_failed()

    assert staff().get(reverse(LIST)).status_code == 403


@pytest.mark.usefixtures("steady_cache")
def test_the_list_takes_as_many_queries_for_one_as_for_three(staff, django_assert_max_num_queries):
    client = staff("view_message", "deliver_message")
    client.get(reverse(LIST))  # fills the caches that all pages share
    costs = []
    for number in (1, 3):
        for n in range(number):
            make_failed(f"k:{number}:{n}:sms")
        with django_assert_max_num_queries(15) as captured:
            client.get(reverse(LIST))
        costs.append(len(captured))

    assert costs[0] == costs[1]
