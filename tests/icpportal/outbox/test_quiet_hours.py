"""A mere reminder by text is sent only by day, even if an outage or a stopped worker delayed it into the night."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.quiet_hours import morning

pytestmark = pytest.mark.django_db

BEIJING = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 11, 25, 21, 30, tzinfo=BEIJING)
NIGHT = datetime(2026, 11, 25, 23, 10, tzinfo=BEIJING)
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)


@pytest.fixture
def owed(owe, post, settings):
    """Texts and mails also go to the fake; they have been due since the evening."""
    post_box = settings.OUTBOX_CHANNELS["post"]
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "sms": post_box, "email": post_box}

    def owed(key, template, channel="sms"):
        owe(key, channel=channel, not_before=EVENING)
        Message.objects.filter(key=key).update(template=template)

    return owed


@pytest.mark.parametrize(
    "template",
    [
        "draft_reminder",
        "returned_reminder",
        "photo_reminder",
        "lapsed_reminder",
        "authority_return_reminder",
        "duty_reminder",
        "phones_24h",
        "phones_6h",
    ],
)
def test_a_reminder_delayed_into_the_night_is_sent_in_the_morning_and_counts_no_attempt(owed, post, template):
    owed("late", template)

    deliver(now=NIGHT)

    message = Message.objects.get()
    assert (message.state, message.attempts, message.next_at, post.arrived) == (State.WAITING, 0, EIGHT, [])
    deliver(now=EIGHT)
    assert post.arrived == ["late"]


@pytest.mark.parametrize("template", ["phones_1h", "order_returned", "code_sign_in"])
def test_urgent_messages_are_sent_at_night(owed, post, template):
    owed("now", template)

    deliver(now=NIGHT)

    assert post.arrived == ["now"]


def test_a_mail_is_sent_at_night(owed, post):
    owed("mail", "draft_reminder", channel="email")

    deliver(now=NIGHT)

    assert post.arrived == ["mail"]


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (NIGHT, EIGHT),
        (datetime(2026, 11, 26, 3, 0, tzinfo=BEIJING), EIGHT),
        (EIGHT, datetime(2026, 11, 27, 8, 0, tzinfo=BEIJING)),
    ],
)
def test_the_morning_is_the_next_end_of_the_quiet_hours(now, ends):
    assert morning(now) == ends
