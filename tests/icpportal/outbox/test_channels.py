"""Mail, text and note: what is sent, the possible answers, and what they mean."""

import smtplib
import socket
import ssl
import time
from datetime import UTC, datetime
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError
from django.utils import timezone

from demo.messages import file_inbox
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.sms.fake import FakeSms
from icpportal.outbox.actions import notify
from icpportal.outbox.channels import email, site, sms
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)
ICS = {"name": "T7Q4-M2KX.ics", "type": "text/calendar", "content": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}
CONTEXT: dict[str, Any] = {
    "domain": "example.com",
    "ref": "T7Q4-M2KX",
    "due": DUE,
    "province": {"zh": "宁夏", "en": "Ningxia"},
    "left": {"zh": "24 小时", "en": "24 hours"},
    "mobiles": ["139****0002"],
    "site": "beian.miit.gov.cn",
    "name": "王*人",
    "url": "https://beian.example.com/transfers/T7Q4-M2KX/",
}


class Server(EmailBackend):
    """A mail server that answers as set by a test."""

    answer: Exception | float | None = None

    def send_messages(self, messages: Any) -> int:
        if isinstance(self.answer, Exception):
            raise self.answer
        time.sleep(self.answer or 0)
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    monkeypatch.setattr(Server, "answer", None)
    return Server


def confirm(channel: str = "email", to: str = "wang@example.com", **more: Any) -> Message:
    known = {"key": f"confirm_phones:9:account:{channel}", "template": "confirm_phones", "language": "en"}
    return notify(**{**known, "channel": channel, "to": to, "context": CONTEXT, "reference": "T7Q4-M2KX", **more})


# --- mail ------------------------------------------------------------------------------------


def test_a_mail_is_sent_with_both_parts_and_its_calendar_file(server, settings):
    message = confirm(attachments=[ICS])

    receipt = email.deliver(message)

    (sent,) = mail.outbox
    assert sent.to == ["wang@example.com"]
    assert sent.from_email == f"ICP Filing · Example Cloud <{settings.DEFAULT_FROM_EMAIL}>"
    assert sent.subject == "example.com: verify the phones by 27 Nov 16:20 (order T7Q4-M2KX)"
    assert sent.body.startswith("The order for example.com is with the Ningxia authority.")
    assert [(part.mimetype, part.content[:15]) for part in sent.alternatives] == [("text/html", "<!doctype html>")]
    assert [tuple(file) for file in sent.attachments] == [("T7Q4-M2KX.ics", ICS["content"], "text/calendar")]
    assert sent.extra_headers == {"Message-ID": receipt, "Auto-Submitted": "auto-generated"}


def test_a_mail_has_the_portals_name_in_the_readers_language(server):
    email.deliver(confirm(language="zh-hans"))

    sender = make_header(decode_header(mail.outbox[0].message()["From"]))
    assert str(sender) == "网站备案 · 示例云 <filing@beian.example.com>"


def test_a_display_name_set_by_the_provider_stays(server, settings):
    settings.DEFAULT_FROM_EMAIL = "Filing desk <desk@example.com>"

    email.deliver(confirm())

    assert mail.outbox[0].from_email == "Filing desk <desk@example.com>"


def test_a_mail_has_the_same_message_id_on_every_attempt(server):
    message, other = confirm(), confirm(key="confirm_phones:10:account:email")

    receipts = [email.deliver(one) for one in (message, message, other)]

    assert receipts[0] == receipts[1] != receipts[2]
    assert [sent.message()["Message-ID"] for sent in mail.outbox] == receipts


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (smtplib.SMTPRecipientsRefused({"wang@example.com": (550, b"no such user")}), Refused),
        (smtplib.SMTPRecipientsRefused({"wang@example.com": (450, b"greylisted")}), Retryable),
        (smtplib.SMTPDataError(554, b"spam"), Refused),
        (smtplib.SMTPDataError(451, b"later"), Retryable),
        (smtplib.SMTPSenderRefused(553, b"not ours", "filing@example.com"), Refused),
        (smtplib.SMTPAuthenticationError(535, b"bad credentials"), Retryable),
        (smtplib.SMTPServerDisconnected("gone"), Retryable),
        (smtplib.SMTPConnectError(421, b"busy"), Retryable),
        (smtplib.SMTPNotSupportedError("no SMTPUTF8"), Retryable),
        (ConnectionRefusedError(111, "refused"), Retryable),
        (TimeoutError(), Retryable),
    ],
)
def test_an_answer_of_a_mail_server_is_a_refusal_or_a_temporary_error(
    server, answer: Exception, error: type[Exception]
):
    server.answer = answer

    with pytest.raises(error) as said:
        email.deliver(confirm())

    assert "wang@example.com" not in str(said.value)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ssl.SSLCertVerificationError("self-signed"), "its certificate is not trusted, or it does not speak TLS"),
        (TimeoutError(), "no answer in time"),
        (smtplib.SMTPServerDisconnected("gone"), "the connection broke off"),
        (socket.gaierror(-2, "Name or service not known"), "its name is unknown"),
        (ConnectionRefusedError(111, "refused"), "no connection"),
    ],
)
def test_staff_read_in_words_why_the_mail_server_took_nothing(server, trouble: Exception, words: str):
    server.answer = trouble

    with pytest.raises(Retryable, match=f"mail server: {words}"):
        email.deliver(confirm())


def test_a_stalling_mail_server_costs_no_more_than_its_time(server, monkeypatch):
    monkeypatch.setattr(email, "SECONDS", 0.1)
    server.answer = 1.0
    began = time.monotonic()

    with pytest.raises(Retryable):
        email.deliver(confirm())

    assert time.monotonic() - began < 0.8


def test_a_refused_mail_is_seen_by_operations(server):
    server.answer = smtplib.SMTPRecipientsRefused({"wang@example.com": (550, b"no such user")})
    confirm()

    deliver()

    message = Message.objects.get()
    assert (message.state, message.last_error) == (State.FAILED, "mail server: 550")


def test_an_erased_mail_is_not_sent_empty(server):
    message = confirm()
    message.payload = {}

    with pytest.raises(Refused, match="erased"):
        email.deliver(message)


# --- text ------------------------------------------------------------------------------------


@pytest.fixture
def fake(settings):
    settings.SMS_GATEWAY = "icpportal.gateways.sms.fake.FakeSms"
    FakeSms.sent.clear()
    yield FakeSms
    FakeSms.sent.clear()


def test_a_text_is_sent_with_the_key_of_its_message(fake):
    receipt = sms.deliver(confirm("sms", "13900000002"))

    key = "confirm_phones:9:account:sms"
    assert receipt == f"fake:{key}"
    assert fake.sent == {
        key: (
            "13900000002",
            "[ICP Filing] example.com: the ministry texts 139****0002 a code: enter at beian.miit.gov.cn by "
            "27 Nov 16:20.",
        )
    }


def test_a_text_is_sent_once_even_if_it_cannot_be_counted(fake, monkeypatch):
    def broken() -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(sms.texts, "spend", broken)
    message = confirm("sms", "13900000002")

    deliver()

    message.refresh_from_db()
    assert (message.state, message.attempts, len(fake.sent)) == (State.DELIVERED, 1, 1)


@pytest.mark.parametrize(
    "number", ["+8613900000002", "12900000002", "139000000020", "0951-5550100", "+447700900000", "１３９00000002"]
)
def test_texts_are_sent_to_mainland_mobiles_only(fake, number: str):
    with pytest.raises(Refused, match="mainland"):
        sms.deliver(confirm("sms", number))

    assert fake.sent == {}


@pytest.mark.parametrize("nonsense", [None, "", 7, b"ok", {"id": 1}])
def test_a_supplier_that_answers_nonsense_is_retried(settings, monkeypatch, nonsense: Any):
    from icpportal.gateways.sms.fake import Nonsense

    settings.SMS_GATEWAY = "icpportal.gateways.sms.fake.Nonsense"
    monkeypatch.setattr(Nonsense, "answer", nonsense)
    confirm("sms", "13900000002")

    deliver()

    message = Message.objects.get()
    assert (message.state, message.attempts) == (State.WAITING, 1)


@pytest.mark.parametrize(("gateway", "state"), [("Refusing", State.FAILED), ("Down", State.WAITING)])
def test_a_failing_supplier_fails_or_delays_the_text(settings, gateway: str, state: State):
    settings.SMS_GATEWAY = f"icpportal.gateways.sms.fake.{gateway}"
    confirm("sms", "13900000002")

    deliver()

    assert Message.objects.get().state == state


# --- note ------------------------------------------------------------------------------------


def test_a_note_is_delivered_by_existing(people):
    user = people()
    message = confirm("site", str(user.pk))

    totals = deliver()

    message.refresh_from_db()
    assert (totals.delivered, message.state, message.receipt) == (1, State.DELIVERED, f"site:{message.pk}")
    assert message.payload["context"]["domain"] == "example.com"
    assert site.deliver(message) == message.receipt


# --- all three through the demo's tray -------------------------------------------------------


def test_in_the_demo_every_message_is_in_the_inbox_once(settings, tmp_path, people):
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "demo.messages.mail.PageEmailBackend"
    user = people()
    for channel, to in (("email", "wang@example.com"), ("sms", "13900000002"), ("site", str(user.pk))):
        confirm(channel, to, user_id=user.pk)

    deliver()
    Message.objects.update(
        state=State.WAITING, next_at=timezone.now()
    )  # as after a kill between sending and recording it
    deliver()

    sheets = {sheet.channel: sheet for sheet in file_inbox.read(file_inbox.names())}
    assert set(sheets) == {"email", "sms"}
    assert len(file_inbox.names()) == 2
    assert sheets["email"].key == "confirm_phones:9:account:email"
    assert set(Message.objects.values_list("state", "attempts")) == {(State.DELIVERED, 2)}
