"""A message in doubt is sent once more and not again; a clear refusal for now keeps its back-off."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from icpportal.alarms.models import Alarm
from icpportal.codes.actions import Destination, issue
from icpportal.codes.shares import Requester
from icpportal.outbox import actions, delivery, queries
from icpportal.outbox.actions import notify
from icpportal.outbox.channels import email
from icpportal.outbox.delivery import DELAYS, DOUBT, deliver
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Outside:
    """A system on this machine: its answers, and what it received."""

    port: int = 0
    answer: Any = None
    taken: list[bytes] = field(default_factory=list)


@pytest.fixture
def supplier(settings: Any) -> Iterator[Outside]:
    """Accepts each text and gives `answer`: a status, a body, "cut" for a broken connection, or "silence"."""
    state = Outside(answer=500)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            if state.answer == "silence":
                over.wait(10)
            if state.answer in ("cut", "silence"):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = state.answer if isinstance(state.answer, bytes) else b"{}"
            self.send_response(200 if isinstance(state.answer, bytes) else state.answer)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.SMS_GATEWAY = "icpportal.gateways.sms.http.HttpSms"
    settings.SMS_HTTP = {
        "url": f"http://127.0.0.1:{server.server_port}/",
        "seconds": 2,
        "success": {"code": "0"},
        "later": ["BUSY"],
    }
    yield state
    over.set()
    server.shutdown()
    server.server_close()
    thread.join()


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that hangs up at a given point of the conversation."""

    def handle(self) -> None:
        state: Outside = self.server.state
        if state.answer == "cut at the greeting":
            return
        self.say("220 ready")
        while command := self.rfile.readline().strip().upper():
            if state.answer == "cut at the address" and command.startswith(b"RCPT"):
                return
            if command == b"DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                state.taken.append(b"".join(lines))
                if state.answer == "cut after the mail":
                    return
                self.say(state.answer)
            else:
                self.say("221 bye" if command == b"QUIT" else "250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Outside]:
    """The portal's mail goes to `Mailbox`."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        state = server.state = Outside()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.EMAIL_BACKEND = "icpportal.outbox.channels.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield state
        server.shutdown()
        thread.join()


def owe_one(channel: str = "sms", to: str = "13900000002") -> str:
    context = {"domain": "lamp.example", "ref": "T7Q4-M2KX", "due": NOW + timedelta(days=2), "name": "", "mobile": ""}
    key = f"order_received:7:account:{channel}"
    notify(
        key=key,
        template="order_received",
        channel=channel,
        to=to,
        language="zh-hans",
        context=context,
        reference="T7Q4-M2KX",
        not_before=NOW,
    )
    return key


def two_days_of_rounds() -> list[datetime]:
    """Delivers whenever something is due, for fifty hours; returns when that was."""
    rounds = []
    now = NOW
    while now <= NOW + 50 * HOUR and (at := Message.objects.filter(next_at__isnull=False).first()) is not None:
        now = max(now, at.next_at)
        rounds.append(now)
        deliver(now=now)
    return rounds


BODIES = [b"<html>OK</html>", b'{"code": "0"}', b'{"id": "7"}', b"[" * 60_000, b'{"code": "0", "id": "' + b"9" * 70_000]


@pytest.mark.parametrize("answer", [500, 502, 503, 504, 302, "cut", *BODIES])
def test_a_text_accepted_without_a_clear_answer_is_sent_twice_at_most(supplier, answer: Any):
    """With a supplier that accepts a text and answers 500, it was sent up to 53 times in 50 hours."""
    supplier.answer = answer
    key = owe_one()

    rounds = two_days_of_rounds()

    message = Message.objects.get(key=key)
    assert len(supplier.taken) == 2
    assert rounds == [NOW, NOW + DOUBT]
    assert DELAYS[1] < DOUBT
    assert (message.state, message.unknown, message.next_at) == (State.UNKNOWN, 2, None)
    (alarm,) = Alarm.objects.all()
    assert (alarm.cause, alarm.reference, alarm.cleared_at) == ("sms.unknown", "T7Q4-M2KX", None)


def test_a_text_whose_supplier_falls_silent_after_taking_it_is_in_doubt(supplier, settings):
    """A time-out after the request was sent says nothing about the text."""
    settings.SMS_HTTP = {**settings.SMS_HTTP, "seconds": 0.2}
    supplier.answer = "silence"
    key = owe_one()

    deliver(now=NOW)

    message = Message.objects.get(key=key)
    assert len(supplier.taken) == 1
    assert (message.state, message.unknown, message.next_at) == (State.WAITING, 1, NOW + DOUBT)


@pytest.mark.parametrize("answer", [429, 408, b'{"code": "BUSY"}'])
def test_a_text_that_was_refused_for_now_keeps_its_back_off(supplier, answer: Any):
    """A clear "later" is no doubt: nothing was sent to anybody."""
    supplier.answer = answer
    key = owe_one()

    two_days_of_rounds()

    message = Message.objects.get(key=key)
    assert len(supplier.taken) == len(DELAYS) + 1
    assert (message.state, message.unknown) == (State.FAILED, 0)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:{port}/", "http://nobody.invalid/"])
def test_a_text_that_was_never_transmitted_keeps_its_back_off(supplier, settings, url: str):
    """Unreachable, no TLS, no such name: no text was transmitted, so it may be retried as often as needed."""
    there = settings.SMS_HTTP["url"].rsplit(":", 1)[1].strip("/")
    settings.SMS_HTTP = {**settings.SMS_HTTP, "url": url.format(port=there)}
    key = owe_one()

    deliver(now=NOW)

    message = Message.objects.get(key=key)
    assert supplier.taken == []
    assert (message.state, message.unknown, message.next_at) == (State.WAITING, 0, NOW + DELAYS[0])


def test_a_text_in_doubt_that_then_cannot_be_sent_is_retried_and_ends_as_unknown(supplier, settings):
    """The second transmission counts, not the attempts that reached nobody."""
    there = settings.SMS_HTTP
    key = owe_one()
    deliver(now=NOW)
    settings.SMS_HTTP = {**there, "url": "http://127.0.0.1:9/"}
    deliver(now=NOW + DOUBT)
    waiting = Message.objects.get(key=key)
    settings.SMS_HTTP = there

    two_days_of_rounds()

    assert (waiting.state, waiting.unknown, waiting.next_at) == (State.WAITING, 1, NOW + DOUBT + DELAYS[1])
    assert len(supplier.taken) == 2
    assert Message.objects.get(key=key).state == State.UNKNOWN


def test_a_text_in_doubt_that_arrives_the_second_time_is_sent(supplier):
    """Both transmissions have the same key, so that a supplier that knows it sends the text once."""
    key = owe_one()
    deliver(now=NOW)
    supplier.answer = b'{"code": "0", "id": "r-7"}'

    deliver(now=NOW + DOUBT)

    message = Message.objects.get(key=key)
    first, second = supplier.taken
    assert first == second
    assert key.encode() in first
    assert (message.state, message.receipt) == (State.DELIVERED, "r-7")
    assert not Alarm.objects.exists()


def test_a_repetition_that_the_supplier_calls_a_duplicate_is_not_shown_as_failed(supplier):
    """A refusal of the second transmission says nothing about the first."""
    key = owe_one()
    deliver(now=NOW)
    supplier.answer = 409

    deliver(now=NOW + DOUBT)

    assert Message.objects.get(key=key).state == State.UNKNOWN


def test_a_one_time_code_in_doubt_is_sent_twice_at_most_and_then_erased(supplier):
    """Codes are sent in the same way; one that would come too late is not repeated at all."""
    one, other = (Destination(mobile, "sms", "zh-hans") for mobile in ("13900000002", "13900000003"))
    long = issue(purpose="sign_in", holder="7", to=one, requester=Requester(), now=NOW)
    short = issue(purpose="sign_in", holder="8", to=other, requester=Requester(), now=NOW)
    Message.objects.update(next_at=NOW, not_after=NOW + 2 * DOUBT)
    Message.objects.filter(key=f"code:{short.pk}").update(not_after=NOW + DOUBT)

    two_days_of_rounds()

    states = {message.key: (message.state, message.unknown, message.payload) for message in Message.objects.all()}
    assert states == {f"code:{long.pk}": (State.UNKNOWN, 2, {}), f"code:{short.pk}": (State.UNKNOWN, 1, {})}
    assert len(supplier.taken) == 3


@pytest.mark.parametrize("answer", ["cut after the mail", "2x0 hm"])
def test_a_mail_whose_answer_is_lost_after_transmission_is_sent_twice_at_most(mailbox, answer: str):
    """The same for mail: a connection that breaks after DATA may have delivered it."""
    mailbox.answer = answer
    key = owe_one("email", "wang@example.com")

    two_days_of_rounds()

    message = Message.objects.get(key=key)
    assert len(mailbox.taken) == 2
    assert (message.state, message.unknown) == (State.UNKNOWN, 2)
    assert [alarm.cause for alarm in Alarm.objects.all()] == ["email.unknown"]


@pytest.mark.parametrize("answer", ["cut at the greeting", "cut at the address", "451 later"])
def test_a_mail_not_transmitted_or_postponed_keeps_its_back_off(mailbox, answer: str):
    """A server that hangs up before the mail, or says "later", has accepted nothing."""
    mailbox.answer = answer
    key = owe_one("email", "wang@example.com")

    deliver(now=NOW)

    message = Message.objects.get(key=key)
    assert (message.state, message.unknown, message.next_at) == (State.WAITING, 0, NOW + DELAYS[0])


def test_a_mail_that_hangs_after_transmission_is_in_doubt(mailbox, monkeypatch):
    """Our own timeout is no answer either."""
    monkeypatch.setattr(email, "SECONDS", 0.3)
    said = threading.Event()
    monkeypatch.setattr(Mailbox, "say", lambda self, line: said.wait(5) if line == "wait" else _say(self, line))
    mailbox.answer = "wait"
    key = owe_one("email", "wang@example.com")

    deliver(now=NOW)

    said.set()
    assert Message.objects.get(key=key).unknown == 1


_say: Callable[[Any, str], None] = Mailbox.say


# --- whatever the channel --------------------------------------------------------------------


class Killed(BaseException):
    """KILL, as far as one process can simulate it."""


def kill() -> str:
    raise Killed


def test_a_message_whose_worker_is_killed_each_time_is_not_sent_a_third_time(owe, post):
    """A worker that dies while sending leaves the same doubt as a supplier without an answer."""
    owe("a", not_before=NOW)
    post.trouble["a"] = kill
    for minutes in (0, 1):
        with pytest.raises(Killed):
            deliver(now=NOW + timedelta(minutes=minutes))
    post.trouble.clear()

    totals = deliver(now=NOW + timedelta(minutes=2))

    assert (totals.unknown, totals.delivered, post.arrived) == (1, 0, [])
    message = Message.objects.get()
    assert (message.state, message.last_error) == (State.UNKNOWN, delivery.TAKEN_OVER)
    assert Alarm.objects.get().cause == "post.unknown"


def test_a_channel_that_must_arrive_is_never_in_doubt(owe, post, settings):
    """Reports to the ministry are reconciled with what the ministry has, and never given up."""
    settings.OUTBOX_NEVER_GIVES_UP = ["post"]
    owe("a", not_before=NOW)
    post.trouble["a"] = kill
    for minutes in (0, 1, 2):
        with pytest.raises(Killed):
            deliver(now=NOW + timedelta(minutes=minutes))
    post.trouble.clear()

    deliver(now=NOW + timedelta(minutes=3))

    assert post.arrived == ["a"]
    assert not Alarm.objects.exists()


def test_the_alarm_ends_once_somebody_has_dealt_with_each_message(supplier):
    """Operations see "unknown", send one again or give it up, and the alarm closes with the last."""
    first = owe_one()
    two_days_of_rounds()
    Message.objects.filter(key=first).update(key="other:7:account:sms")
    owe_one()
    two_days_of_rounds()
    one, other = Message.objects.order_by("key")
    trouble = [found.reason for found in queries.trouble(NOW + 50 * HOUR)]

    actions.discard(one, actor=None, now=NOW)
    between = Alarm.objects.filter(cleared_at=None).count()
    actions.resend(other, actor=None, now=NOW)

    one.refresh_from_db()
    other.refresh_from_db()
    assert trouble == [queries.UNKNOWN_WORDS] * 2
    assert (between, Alarm.objects.filter(cleared_at=None).count()) == (1, 0)
    assert (one.state, one.given_up_at, other.state, other.unknown) == (State.UNKNOWN, NOW, State.WAITING, 0)
