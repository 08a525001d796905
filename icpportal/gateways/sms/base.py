"""The interface to suppliers of text messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting
from icpportal.gateways.sms.reports import Report


class TextMessages(Protocol):
    """A supplier of text messages; raises only `Retryable`, `Unknown` and `Refused`."""

    def send(self, to: str, text: str, key: str) -> str:
        """Sends `text` to the mainland mobile `to`, and returns the supplier's receipt.

        The same `key` may be passed again; suppliers that can recognise it send once. `Retryable` says that nothing was
        accepted; if that is not certain it is `Unknown`, and the message is sent at most once more.
        """

    def check(self) -> None:
        """Returns if messages could be sent now, without cost and without sending one."""


@dataclass(frozen=True)
class FilledTemplate:
    """A text for suppliers with registered templates: which one, and its values."""

    name: str  # of SMS_TEMPLATES: code_sign_up.zh, or code_consent.link.zh for the text with a link
    values: tuple[tuple[str, str], ...]  # placeholder and value, in the order of the text


@runtime_checkable
class TemplateMessages(Protocol):
    """A supplier that takes a template's number and values instead of the text."""

    def send_template(self, to: str, filled: FilledTemplate, key: str) -> str:
        """As `TextMessages.send`."""


@dataclass(frozen=True)
class AcceptedText:
    """A text accepted by the supplier, whose delivery we ask about.

    `to` is empty for a code, whose number is erased.
    """

    receipt: str
    to: str
    at: datetime


@runtime_checkable
class ReportsDelivery(Protocol):
    """A supplier that reports the delivery of texts."""

    asks_by_number: bool  # then codes cannot be asked about: their numbers are erased after sending

    def reports(self, handed: Sequence[AcceptedText]) -> Iterator[Report]:
        """What is known about these texts, and perhaps others; raises `Retryable` and `Refused`.

        A text without news is left out. The same report may come twice.
        """


def text_messages() -> TextMessages:
    """The supplier that `settings.SMS_GATEWAY` names."""
    supplier = import_string(settings.SMS_GATEWAY)()
    return counting("sms", supplier, *(name for name in ("send", "send_template") if hasattr(supplier, name)))
