"""The demo's text messages: shown on a page (`demo-messages`) instead of being sent."""

import os

from django.utils import timezone

from demo.messages import file_inbox
from icpportal.gateways.errors import Retryable


class PageSms:
    """`base.TextMessages` that writes a file."""

    def send(self, to: str, text: str, key: str) -> str:
        """Put the text into the inbox."""
        message = file_inbox.StoredMessage(key=key, channel="sms", to=to, text=text, at=timezone.now().isoformat())
        try:
            return file_inbox.put(message)
        except OSError as problem:  # a full disk is temporary
            raise Retryable(f"the inbox cannot be written: {type(problem).__name__}") from problem

    def check(self) -> None:
        """Raises when the inbox cannot be written."""
        place = file_inbox.folder()
        nearest = place if place.exists() else place.parent
        if not os.access(nearest, os.W_OK):
            raise Retryable("the inbox cannot be written")
