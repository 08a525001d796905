"""Alarms reach operations as messages: one per cause while it lasts, and one when it has ended."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from icpportal.alarms import restored
from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.models import Alarm
from icpportal.operations.monitoring import alerts
from icpportal.outbox import delivery, queries
from icpportal.outbox.channels.webhook import signature
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def by_mail(settings):
    settings.ALERTS = ["mailto:operations@example.com"]
    settings.ALERTS_LANGUAGE = "en"


class Hook:
    """A webhook that answers with `status` and keeps what it received."""

    def __init__(self) -> None:
        self.status, self.got = 204, []
        hook = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 -- the library's name
                hook.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *arguments):
                """Silent."""

        self.http = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/hook"


@pytest.fixture
def hook(settings):
    it = Hook()
    settings.ALERTS, settings.ALERTS_SECRET, settings.ALERTS_LANGUAGE = [it.url], "a secret of ours", "en"
    yield it
    it.http.shutdown()
    it.http.server_close()


def subjects():
    delivery.deliver()
    return [letter.subject for letter in mail.outbox]


def test_an_alarm_is_one_mail_with_its_meaning_and_advice(by_mail):
    open_alarm("orders.held", reference="AB12-CD34", detail="1024", now=NOW)

    alerts.tell(now=NOW)
    open_alarm("orders.held", reference="EF56-GH78", detail="1024", now=NOW + MINUTE)
    alerts.tell(now=NOW + MINUTE)

    assert subjects() == ["Alarm: orders.held"]
    (letter,) = mail.outbox
    assert letter.to == ["operations@example.com"]
    for words in (
        "A report is held because of an error on our side.",
        "“Resubmit held orders”",
        "Concerns: AB12-CD34 · 1024 orders",
        "docs/operations.md#alarm-ordersheld",
        "/admin/alarms/alarm/",
    ):
        assert words in letter.body


def test_a_mail_about_an_alarm_without_reference_and_detail_concerns_nothing(by_mail):
    open_alarm("restored.example", now=NOW)

    alerts.tell(now=NOW)
    delivery.deliver()

    (letter,) = mail.outbox
    assert "Concerns" not in letter.body
    assert "\n\nMore on it: docs/operations.md" in letter.body


def test_an_alarm_mail_queued_before_the_upgrade_has_no_line_that_is_a_hyphen(by_mail, monkeypatch):
    monkeypatch.setattr(alerts, "_what_it_concerns", lambda _alarm: "-")  # as the version before wrote it
    open_alarm("restored.example", now=NOW)
    alerts.tell(now=NOW)

    delivery.deliver()

    (letter,) = mail.outbox
    assert "-" not in letter.body.splitlines()
    assert "\n\nMore on it: docs/operations.md" in letter.body


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the setting ALERTS names this address"), ("zh-hans", "设置项 ALERTS")]
)
def test_a_mail_about_an_alarm_says_why_it_came_and_offers_nothing_of_applicants(by_mail, settings, language, words):
    settings.ALERTS_LANGUAGE = language
    open_alarm("orders.held", now=NOW)
    alerts.tell(now=NOW)
    clear("orders.held", now=NOW)
    alerts.tell(now=NOW + 5 * MINUTE)
    delivery.deliver()

    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        page = str(letter.alternatives[0][0])
        assert words in letter.body
        assert words in page
        assert settings.PROVIDER_HOTLINE not in letter.body + page
        assert "/messages/settings/" not in page


def test_one_mail_says_when_it_has_ended_and_stayed_away(by_mail):
    open_alarm("orders.held", now=NOW)
    alerts.tell(now=NOW)
    clear("orders.held", now=NOW + MINUTE)

    alerts.tell(now=NOW + 5 * MINUTE)
    assert subjects() == ["Alarm: orders.held"]

    for minutes in (6, 7):
        alerts.tell(now=NOW + minutes * MINUTE)
    assert subjects() == ["Alarm: orders.held", "Over: orders.held"]
    assert "has been over since" in mail.outbox[-1].body


def test_a_cause_that_comes_and_goes_is_one_alarm_to_the_reader(by_mail):
    for minute in range(0, 20, 2):
        open_alarm("ministry.sending_waits", now=NOW + minute * MINUTE)
        alerts.tell(now=NOW + minute * MINUTE)
        clear("ministry.sending_waits", now=NOW + (minute + 1) * MINUTE)
        alerts.tell(now=NOW + (minute + 1) * MINUTE)
    alerts.tell(now=NOW + 24 * MINUTE)

    assert Alarm.objects.count() == 10
    assert subjects() == ["Alarm: ministry.sending_waits", "Over: ministry.sending_waits"]


def test_alarms_opened_before_a_recipient_was_set_are_sent_once_there_is_one(settings):
    open_alarm("orders.held", now=NOW)
    settings.ALERTS = []
    assert alerts.tell(now=NOW) == 0

    settings.ALERTS = ["mailto:operations@example.com", "mailto:second@example.com"]
    assert alerts.tell(now=NOW + MINUTE) == 1

    assert Message.objects.filter(template="alarm_opened").count() == 2


def test_an_alarm_that_opened_and_ended_between_two_checks_is_not_sent(by_mail):
    open_alarm("orders.held", now=NOW)
    clear("orders.held", now=NOW)

    assert alerts.tell(now=NOW + 10 * MINUTE) == 0


def test_a_webhook_gets_signed_json(hook):
    open_alarm("orders.held", reference="AB12-CD34", detail="1024", now=NOW)
    alerts.tell(now=NOW)

    delivery.deliver()

    ((headers, body),) = hook.got
    result = json.loads(body)
    assert {name: result[name] for name in ("event", "cause", "reference", "detail", "times", "over_at")} == {
        "event": "opened",
        "cause": "orders.held",
        "reference": "AB12-CD34",
        "detail": "1024",
        "times": 1,
        "over_at": None,
    }
    assert result["document"] == "docs/operations.md#alarm-ordersheld"
    assert headers["X-Portal-Signature"] == f"sha256={signature(headers['X-Portal-Timestamp'], body)}"
    assert Message.objects.get().state == State.DELIVERED


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_failing_webhook_is_retried_and_is_no_alarm_itself(hook, status):
    open_alarm("orders.held", now=NOW)
    alerts.tell(now=NOW)
    hook.status = status

    at = timezone.now()
    for _attempt in range(60):  # until it is given up
        delivery.deliver(now=at)
        at += timedelta(hours=1)
        alerts.tell(now=at)
        assert queries.oldest_waiting(at - timedelta(hours=1)) is None

    assert {alarm.cause for alarm in Alarm.objects.all()} == {"orders.held"}
    assert Message.objects.count() == 1
    assert (Message.objects.get().state, len(hook.got)) == (State.FAILED, len(delivery.DELAYS) + 1)

    hook.status = 200
    open_alarm("orders.overdue", now=at)
    alerts.tell(now=at)
    delivery.deliver(now=at + MINUTE)
    assert json.loads(hook.got[-1][1])["cause"] == "orders.overdue"


def test_only_operations_and_auditors_can_read_the_list_linked_in_a_message():
    assert Client().get("/admin/alarms/alarm/").status_code == 302


# --- a portal that was restored ------------------------------------------------------------------


def test_after_resuming_a_restored_portal_only_open_alarms_are_sent(by_mail):
    restored.hold("backup-1", now=NOW)
    open_alarm("health.line", now=NOW)
    open_alarm("health.mail", now=NOW)
    assert alerts.tell(now=NOW + MINUTE) == 0
    clear("health.line", now=NOW + 2 * MINUTE)

    restored.go(now=NOW + 3 * MINUTE)

    assert alerts.tell(now=NOW + 4 * MINUTE) == 1
    assert alerts.tell(now=NOW + 20 * MINUTE) == 0
    assert [message.key.split(":")[2] for message in Message.objects.all()] == ["opened"]
    assert Alarm.objects.get(told_at__isnull=False).cause == "health.mail"
