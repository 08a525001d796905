"""The demo's mail goes into the inbox, from any sender."""

import pytest
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail

from demo.messages import file_inbox


@pytest.fixture(autouse=True)
def page(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "demo.messages.mail.PageEmailBackend"


def test_a_mail_from_anywhere_is_in_the_inbox():
    sent = send_mail("Subject", "Body", None, ["chen@example.com"])

    (message,) = file_inbox.read(file_inbox.names())
    assert sent == 1
    assert (message.channel, message.to, message.subject, message.text) == (
        "email",
        "chen@example.com",
        "Subject",
        "Body",
    )
    assert message.key.startswith("mail:")


def test_the_same_message_id_twice_is_one_message():
    for text in ("first", "second"):
        EmailMessage("S", text, None, ["chen@example.com"], headers={"Message-ID": "<1@example.com>"}).send()

    assert [message.text for message in file_inbox.read(file_inbox.names())] == ["second"]


def test_each_recipient_has_a_message_of_their_own():
    EmailMessage("S", "B", None, ["a@example.com"], cc=["b@example.com"], bcc=["c@example.com"]).send()

    assert {message.to for message in file_inbox.read(file_inbox.names())} == {
        "a@example.com",
        "b@example.com",
        "c@example.com",
    }


def test_attachments_are_kept_if_a_person_can_read_them():
    mail = EmailMultiAlternatives("S", "B", None, ["a@example.com"])
    mail.attach("deadline.ics", "BEGIN:VCALENDAR", "text/calendar")
    mail.attach("photo.jpg", b"\xff\xd8", "image/jpeg")

    mail.send()

    (message,) = file_inbox.read(file_inbox.names())
    assert message.attachments == [
        {"name": "deadline.ics", "type": "text/calendar", "text": "BEGIN:VCALENDAR"},
        {"name": "photo.jpg", "type": "image/jpeg", "text": ""},
    ]


def test_a_line_break_in_a_header_is_refused_as_by_a_real_server():
    with pytest.raises(BadHeaderError):
        EmailMessage("S\nBcc: all@example.com", "B", None, ["a@example.com"]).send()

    assert file_inbox.names() == []


def test_a_mail_to_nobody_is_not_stored():
    assert EmailMessage("S", "B", None, []).send() == 0
    assert file_inbox.names() == []
