"""With the real outbox: a page queues a message and sends none."""

import pytest
from django.core import mail

from icpportal.accounts import actions
from icpportal.accounts.actions import PURPOSES, open_account
from icpportal.accounts.sign_in.adapter import AccountAdapter
from icpportal.codes.models import Channel
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from tests.icpportal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def real_outbox(letters, settings):
    settings.MESSENGER = "icpportal.outbox.actions.notify"


def test_a_sign_up_queues_one_message_with_the_code_and_sends_nothing(client):
    client.post(
        "/account/signup/",
        {
            "email": "zhao@example.com",
            "mobile": "13900000004",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "agree": "on",
        },
    )
    message = Message.objects.get()
    done = client.post("/account/signup/code/", {"code": message.payload["context"]["code"]})

    assert (message.template, message.channel, message.payload["to"]) == ("code_sign_up", "email", "zhao@example.com")
    assert done.url == "/account/mobile/code/"
    assert [one.channel for one in Message.objects.order_by("created_at")] == ["email", "sms"]
    assert mail.outbox == []


@pytest.mark.parametrize("what", [actions.EMAIL, actions.MOBILE, actions.PASSWORD])
@pytest.mark.parametrize("channel", list(Channel))
def test_a_notice_of_a_change_can_be_sent_by_every_channel(what, channel):
    user = open_account(email="lin@example.com", password=PASSWORD, mobile="13900000001", language="zh-hans")

    actions.tell_changed(user, what, to=user.mobile if channel == Channel.SMS else "", channel=channel)

    message = Message.objects.get()
    assert message.payload["to"] == (user.mobile if channel == Channel.SMS else user.email)
    assert message.payload["language"] == "zh-hans"


@pytest.mark.parametrize(("kind", "purpose"), PURPOSES.items())
def test_each_code_has_its_text_in_both_languages_for_each_channel(kind, purpose):
    ways = {actions.CHANNELS.get(kind, Channel.EMAIL)} | ({Channel.SMS} if kind == "step_up" else set())

    assert [catalogue.has(f"code_{purpose}", channel) for channel in ways] == [True] * len(ways)


def test_allauth_sends_no_mail_of_its_own():
    with pytest.raises(RuntimeError, match="through the outbox"):
        AccountAdapter().send_mail("account/email/email_confirmation", "lin@example.com", {})
