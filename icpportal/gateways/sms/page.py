"""Text messages of the demo: they never leave the machine but lie on a page (`demo-messages`)."""

import os

from django.utils import timezone

from icpportal.gateways.errors import Retryable
from icpportal.gateways.sms import tray


class PageSms:
    """`seam.TextMessages` that writes a file."""

    def send(self, to: str, text: str, key: str) -> str:
        """Put the text into the tray."""
        sheet = tray.Sheet(key=key, channel="sms", to=to, text=text, at=timezone.now().isoformat())
        try:
            return tray.put(sheet)
        except OSError as problem:  # a full disk passes
            raise Retryable(f"the tray cannot be written: {type(problem).__name__}") from problem

    def check(self) -> None:
        """Whether the tray can be written."""
        place = tray.folder()
        nearest = place if place.exists() else place.parent
        if not os.access(nearest, os.W_OK):
            raise Retryable("the tray cannot be written")
