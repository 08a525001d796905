"""More time for the phone verification after an outage: who is told, and what."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.deadlines.extension import extend
from transfers.models import Order, PhoneCheck

pytestmark = pytest.mark.django_db
LEAD, ADMINISTRATOR = "139****0001", "139****0002"
HOURS_MORE = timedelta(hours=12)


def extended(*done: str) -> Order:
    """An order that has more time to verify its phones; the roles `done` have verified theirs."""
    now = timezone.now()
    order = make_order(
        state=states.PHONE_DUE, province="12", entered_at=now - timedelta(hours=40), due_at=now + timedelta(hours=8)
    )
    for role, mobile in (("subject_lead", LEAD), ("administrator", ADMINISTRATOR)):
        at = now - timedelta(hours=30) if role in done else None
        PhoneCheck.objects.create(order=order, report=1, role=role, mobile_masked=mobile, confirmed_at=at)
    extend(now, now + timedelta(hours=9), HOURS_MORE, reason="outage")
    order.refresh_from_db()
    return order


def sent_to() -> set[str]:
    return {message.key.split(":")[2] for message in Message.objects.exclude(template="")}


def mails() -> str:
    return "\n".join(content_of(mail).words.text for mail in Message.objects.filter(channel="email"))


def test_who_has_more_time_for_the_code_reads_the_new_deadline_and_not_that_a_text_is_on_its_way() -> None:
    order = extended()

    read = mails()
    due = timezone.localtime(order.due_at)
    assert f"{due:%H:%M}" in read
    assert (LEAD in read, ADMINISTRATOR in read) == (True, True)
    assert "Within 5 minutes" not in read
    assert "5 分钟内" not in read
    files = [each["name"] for mail in Message.objects.filter(channel="email") for each in mail.payload["attachments"]]
    assert set(files) == {f"{order.reference}.ics"}


def test_who_has_verified_already_is_not_told_to_do_it_until_a_later_time() -> None:
    extended("subject_lead")

    assert sent_to() == {"account", "administrator"}
    assert (LEAD in mails(), ADMINISTRATOR in mails()) == (False, True)


@pytest.mark.parametrize("hours", ["0", "-3", "99999"])
def test_a_number_of_hours_that_cannot_be_is_refused_with_those_that_can(hours: str) -> None:
    """No hours at all were refused with: up to 720."""
    options = ["--from", "2026-12-01T00:00", "--to", "2026-12-02T00:00", f"--by={hours}", "--reason", "outage"]

    with pytest.raises(CommandError, match=r"^--by is a number of hours above 0, at most \d+, such as 12$"):
        call_command("extend_deadlines", *options)
