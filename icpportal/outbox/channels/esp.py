"""Mail through a service's API by django-anymail (requirements-mail.txt), if EMAIL_ESP is set."""

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.core.mail import get_connection
from django.core.mail.message import BadHeaderError

from icpportal.gateways.answers import count_call
from icpportal.gateways.connection_failures import failure_words, has_left
from icpportal.gateways.errors import Refused, Retryable, Unknown, failure_in_words
from icpportal.gateways.request_budget import call_within
from icpportal.outbox.channels.email import SECONDS, KeyedMail, mail_of
from icpportal.outbox.models import Message

ACCOUNT = (401, 402, 403, 429)  # our key, bill or rate: can be fixed without changing the message
SERVICE = "mail service"
UNFIT = (
    (AnymailInvalidAddress, "an address of the mail cannot be read"),
    (AnymailUnsupportedFeature, "it cannot send what this mail has"),
)


def deliver(message: Message) -> str:
    """Sends the mail and returns the service's id of it, under which it reports bounces."""
    with count_call("mail"):
        return _deliver(message)


def _deliver(message: Message) -> str:
    mail = mail_of(message)
    try:
        mail.connection = get_connection()
        call_within(mail.send, SECONDS)
    except BadHeaderError as wrong:
        raise Refused("a header has a line break") from wrong
    except AnymailRecipientsRefused as no:
        raise Refused(f"{SERVICE}: recipient refused", code="recipient") from no
    except AnymailAPIError as trouble:
        raise _error_for(trouble) from None  # its message quotes what was sent
    except AnymailConfigurationError:  # no AnymailError
        raise Retryable(f"{SERVICE}: a setting of ANYMAIL is missing or wrong") from None
    except AnymailError as wrong:
        raise Refused(f"{SERVICE}: {failure_in_words(wrong, UNFIT)}") from None
    return _receipt(mail)


def _receipt(mail: KeyedMail) -> str:
    status = getattr(mail, "anymail_status", None)
    found = getattr(status, "message_id", None)
    return found if isinstance(found, str) and found else mail.extra_headers["Message-ID"]


def _error_for(trouble: AnymailAPIError) -> Exception:
    status = getattr(trouble, "status_code", None)
    if not isinstance(status, int):
        kind = Unknown if has_left(trouble) else Retryable
        return kind(f"{SERVICE} did not answer: {failure_words(trouble)}")
    if status in ACCOUNT:
        return Retryable(f"{SERVICE}: {status}")
    return Refused(f"{SERVICE}: {status}", code=str(status)) if 400 <= status < 500 else Unknown(f"{SERVICE}: {status}")
