"""Mail, through Django's backend: text and HTML, attachments, one Message-ID per key."""

import hashlib
import smtplib
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError

from icpportal.gateways.answers import counted
from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.request_budget import bounded
from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import Rendered
from icpportal.outbox.texts.message_content import opened

SECONDS = 30  # for the whole conversation; half of a lease
LASTING = range(500, 600)
CLEAR = range(400, 600)  # a no, for now or for good


def deliver(message: Message) -> str:
    """Send the mail and return its Message-ID, the same however often the message is delivered."""
    with counted("mail"):
        return _sent(message)


def _sent(message: Message) -> str:
    mail = written(message)
    mail.connection = get_connection()
    try:
        bounded(mail.send, SECONDS)
    except BadHeaderError as wrong:
        raise Refused("a header has a line break") from wrong
    except smtplib.SMTPAuthenticationError as wrong:  # our own account: mended without touching the message
        raise Retryable(f"mail server: {wrong.smtp_code}") from wrong
    except smtplib.SMTPRecipientsRefused as no:
        raise _judged(max(code for code, _words in no.recipients.values())) from no
    except smtplib.SMTPResponseException as no:
        raise _judged(no.smtp_code, left=_left(mail)) from no
    except (smtplib.SMTPException, OSError, Unknown) as trouble:
        kind = Unknown if _left(mail) else Retryable
        raise kind(f"mail server: {type(trouble).__name__}") from trouble
    return mail.extra_headers["Message-ID"]


class KeyedMail(EmailMultiAlternatives):
    """A mail that knows the key of its message, for the page of the demo."""

    outbox_key = ""


def message_id(key: str) -> str:
    """The mail's own name, derived from the key."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def sender(words: Rendered) -> str:
    """Our address under the portal's name in the reader's language; a name that the setting gives stays."""
    name, _address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name or words.mail is None:
        return settings.DEFAULT_FROM_EMAIL
    return str(Address(f"{words.mail.brand} · {words.mail.provider}", addr_spec=settings.DEFAULT_FROM_EMAIL))


def written(message: Message) -> KeyedMail:
    """The mail of a message, ready for a connection."""
    letter = opened(message)
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


def _left(mail: EmailMultiAlternatives) -> bool:
    """Whether the mail itself was on its way to the server; other backends than ours cannot tell."""
    return bool(getattr(mail.connection, "has_left", False))


def _judged(code: int, *, left: bool = False) -> Exception:
    if code in LASTING:
        return Refused(f"mail server: {code}", code=str(code))
    if left and code not in CLEAR:
        return Unknown(f"mail server: {code}")
    return Retryable(f"mail server: {code}")
