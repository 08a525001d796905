"""What the portal asks of the carrier of its text messages."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting


class TextMessages(Protocol):
    """A supplier of text messages; raises only `Retryable`, `Unknown` and `Refused`."""

    def send(self, to: str, text: str, key: str) -> str:
        """Hand over `text` for the mainland mobile `to`, and return the supplier's receipt.

        The same `key` may come again; who can tell sends it only once. `Retryable` says that nothing was taken;
        where that is not certain it is `Unknown`, and the message comes once more at most.
        """

    def check(self) -> None:
        """Return when messages could be handed over now, at no cost and without sending one."""


def text_messages() -> TextMessages:
    """The supplier that `settings.SMS_GATEWAY` names."""
    return counting("sms", import_string(settings.SMS_GATEWAY)(), "send")
