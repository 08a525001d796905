"""The mails of one round share a connection, which is reopened when the server closes it."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.outbox.actions import notify
from icpportal.outbox.channels import email, lines
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db


@dataclass
class Seen:
    """What a mail server received, and how it behaves."""

    conversations: int = 0
    taken: list[bytes] = field(default_factory=list)
    goodbyes: int = 0
    most: int = 1_000  # mails per connection
    ends_with: bytes = b""  # its answer instead of accepting more; empty: it hangs up
    refuses: bytes = b""  # an address
    cut_at: str = ""  # DATA: it hangs up after receiving the mail; RCPT: before


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server on this machine."""

    def handle(self) -> None:
        seen: Seen = self.server.seen
        seen.conversations += 1
        taken = 0
        self.say(b"220 ready")
        while command := self.rfile.readline().strip():
            verb = command.upper()[:4]
            if verb == b"MAIL" and taken >= seen.most:
                if seen.ends_with:
                    self.say(seen.ends_with)
                return
            if verb.decode() == seen.cut_at == "RCPT":
                return
            if verb == b"RCPT" and seen.refuses and seen.refuses in command:
                self.say(b"550 no such mailbox")
            elif verb == b"DATA":
                self.say(b"354 go on")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                seen.taken.append(mail)
                taken += 1
                if seen.cut_at == "DATA":
                    return
                self.say(b"250 taken")
            elif verb == b"QUIT":
                seen.goodbyes += 1
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 fine")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Seen]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        seen = server.seen = Seen()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.EMAIL_BACKEND = "icpportal.outbox.channels.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield seen
        server.shutdown()
        thread.join()


def mail(number: int, to: str = "wang@example.com") -> Message:
    context = {"domain": "lamp.example", "ref": "T7Q4-M2KX", "due": timezone.now(), "name": "", "mobile": ""}
    return notify(
        key=f"order_received:{number}:account:email",
        template="order_received",
        channel="email",
        to=to,
        language="en",
        context=context,
    )


def outcomes_of(*mails: Message) -> list[str]:
    """The result of each of these mails, sent in one round: "sent", or the error."""
    ends = []
    with lines.keep_open():
        for message in mails:
            try:
                email.deliver(message)
            except (Refused, Retryable) as trouble:
                ends.append(type(trouble).__name__)
            else:
                ends.append("sent")
    return ends


def test_all_mails_of_a_round_use_one_connection_which_ends_with_quit(mailbox):
    for number in range(25):
        mail(number)

    deliver(limit=None)

    assert (mailbox.conversations, len(mailbox.taken), mailbox.goodbyes) == (1, 25, 1)
    assert Message.objects.filter(state=State.DELIVERED, attempts=1).count() == 25


@pytest.mark.parametrize("ends_with", [b"", b"421 enough for today"])
def test_a_connection_closed_by_the_server_is_reopened_and_no_mail_waits_or_is_doubled(mailbox, ends_with):
    mailbox.most, mailbox.ends_with = 3, ends_with

    assert outcomes_of(*map(mail, range(7))) == ["sent"] * 7
    assert (mailbox.conversations, len(mailbox.taken), len({*mailbox.taken})) == (3, 7, 7)


def test_a_server_that_accepts_nothing_on_a_new_connection_is_a_temporary_error(mailbox):
    first = outcomes_of(mail(0))
    mailbox.most = 0

    assert (first, outcomes_of(mail(1))) == (["sent"], ["Retryable"])
    assert mailbox.conversations == 2


def test_a_refused_address_ends_no_connection(mailbox):
    mailbox.refuses = b"nobody"

    assert outcomes_of(mail(0), mail(1, to="nobody@example.com"), mail(2)) == ["sent", "Refused", "sent"]
    assert mailbox.conversations == 1


def test_a_mail_already_transmitted_is_in_doubt_and_not_sent_on_a_new_connection(mailbox):
    with lines.keep_open():
        email.deliver(mail(0))
        mailbox.cut_at = "DATA"
        with pytest.raises(Unknown):
            email.deliver(mail(1))
        mailbox.cut_at = ""
        email.deliver(mail(2))

    assert (mailbox.conversations, len(mailbox.taken)) == (2, 3)


def test_an_earlier_transmitted_mail_says_nothing_about_the_next_one(mailbox):
    """One cut off before transmission was in doubt, because another had used the same connection."""
    with lines.keep_open():
        email.deliver(mail(0))
        mailbox.cut_at = "RCPT"
        with pytest.raises(Retryable) as said:
            email.deliver(mail(1))

    assert not isinstance(said.value, Unknown)


def test_outside_a_round_a_mail_has_its_own_connection(mailbox):
    for number in range(2):
        email.deliver(mail(number))

    assert (mailbox.conversations, mailbox.goodbyes) == (2, 2)
