"""A reader's notification settings, per event and channel; necessary messages are always sent."""

import pytest
from django.urls import reverse
from lxml import html

from icpportal.outbox import preferences
from icpportal.outbox.models import Message, Muted
from icpportal.outbox.texts import catalogue
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from transfers.notifications.messages import notify_recipients
from transfers.notifications.topics import EVENTS

pytestmark = pytest.mark.django_db
ALL_ON = [f"{each.key}.{channel}" for each in EVENTS for channel in each.optional]


def press(client, user, wanted):
    return sign_in(client, user).post(reverse("message-settings"), {"wanted": wanted})


def channels_of(template, user):
    return sorted(Message.objects.filter(template=template, user=user).values_list("channel", flat=True))


def test_an_event_names_only_existing_messages_and_none_twice():
    named = [template for each in EVENTS for template in each.templates]

    assert [name for name in named if not catalogue.has(name)] == []
    assert len(named) == len(set(named))
    assert {channel for each in EVENTS for channel in each.optional} <= set(preferences.CHOSEN)


def test_a_message_switched_off_is_not_sent_by_that_channel_and_stays_on_the_site(client):
    order, other = make_order(), make_order()
    press(client, order.owner, [each for each in ALL_ON if each != "received.sms"])

    for one in (order, other):
        notify_recipients(one, "order_received", event_id=one.reference)

    assert channels_of("order_received", order.owner) == ["email", "site"]
    assert channels_of("order_received", other.owner) == ["email", "site", "sms"]


def test_a_necessary_message_is_sent_whatever_was_switched_off_or_forged(client):
    order = make_order(state=states.PHONE_DUE)
    press(client, order.owner, [])
    Muted.objects.create(user=order.owner, event="phones", channel="sms")

    notify_recipients(order, "confirm_phones", event_id=1)
    notify_recipients(order, "phones_6h", event_id=1)

    assert channels_of("confirm_phones", order.owner) == ["email", "site", "sms"]
    assert channels_of("phones_6h", order.owner) == ["site"]


def test_the_people_of_the_order_are_notified_whatever_the_account_chose(client):
    order = make_order()
    press(client, order.owner, [])

    notify_recipients(order, "order_received", event_id=1)

    assert sorted(Message.objects.filter(user=None).values_list("channel", flat=True)) == ["email", "sms"]


def test_the_page_shows_what_is_fixed_with_its_reason_and_keeps_the_choice(client):
    user = make_user()
    client.cookies["django_language"] = "en"
    press(client, user, ["idle.email", "nonsense", "phones.sms"])

    page = client.get(reverse("message-settings")).content.decode()

    assert page.count(" checked") == 1
    assert 'value="idle.email" checked' in page
    assert "phones.sms" not in page
    assert "You must act, or the order is returned" in page
    assert reverse("message-settings") in client.get(reverse("account")).content.decode()


def test_a_returned_order_and_one_without_its_photo_are_said_to_end_and_not_to_be_returned(client):
    sign_in(client, make_user())
    client.cookies["django_language"] = "en"

    page = html.fromstring(client.get(reverse("message-settings")).content.decode())

    named = {cell.text_content() for cell in page.xpath("//tbody//th/div")}
    for name in ("Changes are needed", "A photo is required"):
        assert f"{name}You must act, or the order will be closed" in named


def test_pressing_twice_keeps_one_choice_and_another_account_is_untouched(client):
    user, other = make_user(), make_user()
    preferences.choose(other, [])

    press(client, user, [])
    press(client, user, ALL_ON)

    assert (preferences.muted_pairs(user), len(preferences.muted_pairs(other))) == (set(), len(ALL_ON))


def test_two_tabs_that_switch_off_two_things_leave_both_off(client):
    user = make_user()
    sign_in(client, user)
    shown = {"seen": "1", "shown": ALL_ON}  # both pages were rendered before either was saved

    for off in ("received.sms", "idle.email"):
        client.post(reverse("message-settings"), {**shown, "wanted": [each for each in ALL_ON if each != off]})
        client.post(reverse("message-settings"), {**shown, "wanted": [each for each in ALL_ON if each != off]})

    assert preferences.muted_pairs(user) == {("received", "sms"), ("idle", "email")}
    page = client.get(reverse("message-settings")).content.decode()
    assert page.count('name="shown"') == len(ALL_ON) - 2
    client.post(reverse("message-settings"), {"seen": "1", "shown": ["with_us.sms"], "wanted": ["idle.email"]})
    assert ("idle", "email") not in preferences.muted_pairs(user)


def test_without_an_account_there_is_only_the_way_to_sign_in(client):
    assert "/account/login/" in client.get(reverse("message-settings"))["Location"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_outbox_makes_one_query_for_all_readers(rows, django_assert_num_queries):
    users = [make_user() for _ in range(rows)]
    letters = [Message(user=user, template="order_received", channel="sms") for user in users]

    with django_assert_num_queries(1):
        assert len(preferences.not_muted(letters)) == rows
