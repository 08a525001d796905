"""Mail through Django's backend: text and HTML, attachments, one Message-ID for each key."""

import hashlib
import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError

from icpportal.gateways.answers import count_call
from icpportal.gateways.errors import Refused, Retryable, Unknown, failure_in_words
from icpportal.gateways.request_budget import call_within
from icpportal.outbox.channels import lines
from icpportal.outbox.channels.lines import Line
from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import Rendered
from icpportal.outbox.texts.message_content import content_of

LINE = "mail"
TROUBLES = (smtplib.SMTPException, OSError)
# the first match
FAILURES = (
    (ssl.SSLError, "its certificate is not trusted, or it does not speak TLS"),
    (Unknown, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (smtplib.SMTPServerDisconnected, "the connection broke off"),
    (ConnectionResetError, "the connection broke off"),
    (socket.gaierror, "its name is unknown"),
    (ConnectionRefusedError, "no connection"),
)
CLOSING = 421  # the server ends the connection
SECONDS = 30  # for a whole SMTP session; half of a lease
LASTING = range(500, 600)
CLEAR = range(400, 600)  # refusals, temporary or permanent


def deliver(message: Message) -> str:
    """Sends the mail and returns its Message-ID, the same for every delivery of the message."""
    with count_call("mail"):
        return _deliver(message)


def _deliver(message: Message) -> str:
    mail = mail_of(message)
    line, is_used = lines.take(LINE, get_connection)
    try:
        _send(mail, line)
    except TROUBLES as trouble:
        # servers close idle or long-used connections: a new one is tried before that counts as a failure
        if not (is_used and _is_over(trouble) and not _was_being_sent(mail)):
            raise _given_up(mail, line, trouble) from trouble
        line = get_connection()
        try:
            _send(mail, line)
        except TROUBLES as again:
            raise _given_up(mail, line, again) from again
    lines.put_back(LINE, line)
    return mail.extra_headers["Message-ID"]


def _given_up(mail: "KeyedMail", line: Line, trouble: Exception) -> Exception:
    """The exception for the mail; a connection on which only this mail was refused is reused."""
    error = _error_for(mail, trouble)
    if not _is_over(trouble):
        lines.put_back(LINE, line)
    return error


def _send(mail: "KeyedMail", line: Line) -> None:
    """Sends over this connection, which stays open; raises `Unknown` or `Retryable` when that takes too long."""
    mail.connection = line

    def go() -> None:
        line.open()
        mail.send()

    try:
        call_within(go, SECONDS)
    except BadHeaderError as wrong:
        raise Refused("a header has a line break") from wrong
    except Unknown as trouble:  # the call is still running: nobody else may get this connection
        raise _error_for(mail, trouble) from trouble


def _is_over(trouble: Exception) -> bool:
    """Whether the connection is closed, rather than this mail refused."""
    if isinstance(trouble, smtplib.SMTPResponseException):
        return trouble.smtp_code == CLOSING
    return not isinstance(trouble, smtplib.SMTPRecipientsRefused)


def _error_for(mail: "KeyedMail", trouble: Exception) -> Exception:
    """The exception for a failure: refused, temporary, or unknown."""
    if isinstance(trouble, smtplib.SMTPAuthenticationError):  # our own account, not the message, needs fixing
        return Retryable(f"mail server: {trouble.smtp_code}")
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return _error_for_code(max(code for code, _words in trouble.recipients.values()))
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _error_for_code(trouble.smtp_code, left=_was_being_sent(mail))
    kind = Unknown if _was_being_sent(mail) else Retryable
    return kind(f"mail server: {failure_in_words(trouble, FAILURES)}")


class KeyedMail(EmailMultiAlternatives):
    """A mail that knows its message's key, for the page of the demo."""

    outbox_key = ""


def message_id(key: str) -> str:
    """The Message-ID, derived from the key."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def sender(words: Rendered) -> str:
    """Our address with the portal's name in the reader's language, unless the setting gives a name."""
    name, _address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name or words.mail is None:
        return settings.DEFAULT_FROM_EMAIL
    return str(Address(f"{words.mail.brand} · {words.mail.provider}", addr_spec=settings.DEFAULT_FROM_EMAIL))


def mail_of(message: Message) -> KeyedMail:
    """The mail of a message, ready to send."""
    letter = content_of(message)
    mail = KeyedMail(
        from_email=sender(letter.words),
        subject=letter.words.subject,
        body=letter.words.text,
        to=[letter.to],
        headers={"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
    )
    mail.outbox_key = message.key
    mail.attach_alternative(letter.words.html, "text/html")
    for attachment in letter.attachments:
        mail.attach(attachment["name"], attachment["content"], attachment["type"])
    return mail


def _was_being_sent(mail: EmailMultiAlternatives) -> bool:
    """Whether the mail itself was being sent; other backends than ours cannot tell."""
    return bool(getattr(mail.connection, "has_left", False))


def _error_for_code(code: int, *, left: bool = False) -> Exception:
    if code in LASTING:
        return Refused(f"mail server: {code}", code=str(code))
    if left and code not in CLEAR:
        return Unknown(f"mail server: {code}")
    return Retryable(f"mail server: {code}")
