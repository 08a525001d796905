"""Django's SMTP backend, which also knows whether a mail had been sent when the connection broke."""

import smtplib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Noting(smtplib.SMTP):
    """An SMTP session that records when the mail itself is sent."""

    has_left = False

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        """The last step of a mail: after it, only the server's answer is missing."""
        self.has_left = True
        return super().data(msg)


class _NotingOverTls(_Noting, smtplib.SMTP_SSL):
    """The same inside TLS."""


class EmailBackend(smtp.EmailBackend):
    """For one mail after the other: `has_left` says whether the last one was being sent at a failure."""

    has_noted = False

    @property
    def has_left(self) -> bool:
        """Also read by another thread during the session."""
        return self.has_noted or getattr(self.connection, "has_left", False)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The recording session."""
        return _NotingOverTls if self.use_ssl else _Noting

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Starts a mail: nothing of it has been sent."""
        self.has_noted = False
        if isinstance(self.connection, _Noting):
            self.connection.has_left = False
        return super().send_messages(email_messages)

    def close(self) -> None:
        """Keeps what the session recorded."""
        self.has_noted = self.has_left
        super().close()
