"""The demo's mail: shown on a page (`demo-messages`) instead of being sent."""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage as Parsed

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone

from demo.messages import file_inbox


class PageEmailBackend(BaseEmailBackend):
    """Django mail backend that writes one file per mail and recipient; a mail with the same Message-ID replaces it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put the mails into the inbox."""
        return sum(_put(mail) for mail in email_messages)


def _put(mail: EmailMessage) -> bool:
    built = mail.message()  # builds the headers, and so refuses a line break in one
    for recipient in mail.recipients():
        file_inbox.put(
            file_inbox.StoredMessage(
                key=_key(mail, str(built["Message-ID"])),
                channel="email",
                to=recipient,
                text=str(mail.body),
                at=timezone.now().isoformat(),
                subject=str(mail.subject),
                attachments=_attachments(mail),
            )
        )
    return bool(mail.recipients())


def _key(mail: EmailMessage, message_id: str) -> str:
    known = getattr(mail, "outbox_key", "")
    return known or f"mail:{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"


def _attachments(mail: EmailMessage) -> list[dict[str, str]]:
    return [_attachment(*one) for one in mail.attachments if not isinstance(one, Parsed)]


def _attachment(name: str | None, content: str | bytes, kind: str | None) -> dict[str, str]:
    text = content if isinstance(content, str) else ""
    return {"name": name or "", "type": kind or "", "text": text}
