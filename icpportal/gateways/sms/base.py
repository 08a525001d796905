"""What the portal asks of the carrier of its text messages."""

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
        """Hand over `text` for the mainland mobile `to`, and return the supplier's receipt.

        The same `key` may come again; who can tell sends it only once. `Retryable` says that nothing was taken;
        where that is not certain it is `Unknown`, and the message comes once more at most.
        """

    def check(self) -> None:
        """Return when messages could be handed over now, at no cost and without sending one."""


@dataclass(frozen=True)
class FilledTemplate:
    """A text as suppliers want it that have its words already: which one, and what stands in each of its places."""

    name: str  # of SMS_TEMPLATES: code_sign_up.zh, or code_consent.link.zh for the text with a link
    values: tuple[tuple[str, str], ...]  # placeholder and value, in the order of the text


@runtime_checkable
class TemplateMessages(Protocol):
    """A supplier that is given the number of a template and its values instead of the text."""

    def send_template(self, to: str, filled: FilledTemplate, key: str) -> str:
        """As `TextMessages.send`."""


@dataclass(frozen=True)
class Handed:
    """A text that the supplier took: whose fate we ask. `to` is empty for a code, whose number is erased."""

    receipt: str
    to: str
    at: datetime


@runtime_checkable
class ReportsDelivery(Protocol):
    """A supplier that says later what became of a text."""

    asks_by_number: bool  # then a code cannot be asked about: its number is erased once it was sent

    def reports(self, handed: Sequence[Handed]) -> Iterator[Report]:
        """What is known of the texts in question, and maybe of others; raises `Retryable` and `Refused`.

        A text of which nothing is known yet is left out. The same may be said twice.
        """


def text_messages() -> TextMessages:
    """The supplier that `settings.SMS_GATEWAY` names."""
    supplier = import_string(settings.SMS_GATEWAY)()
    return counting("sms", supplier, *(name for name in ("send", "send_template") if hasattr(supplier, name)))
