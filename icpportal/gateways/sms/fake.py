"""Suppliers for tests, some of which misbehave; a portal can be started with `SMS_GATEWAY` set to one."""

import time
from typing import Any, ClassVar

from icpportal.gateways.errors import Refused, Retryable, Unknown

STALL_SECONDS = 60


class FakeSms:
    """Keeps what it was given in `FakeSms.sent`, once per key; clear it after the test."""

    sent: ClassVar[dict[str, tuple[str, str]]] = {}

    def send(self, to: str, text: str, key: str) -> str:
        """Take the message, unless the mood is bad."""
        self.suffer()
        self.sent[key] = (to, text)
        return f"fake:{key}"

    def check(self) -> None:
        """Suffers like a message."""
        self.suffer()

    def suffer(self) -> None:
        """What happens before an answer: nothing here."""


class Refusing(FakeSms):
    """Says no to everything."""

    def suffer(self) -> None:
        """No."""
        raise Refused("this number is blocked", code="BLOCKED")


class Down(FakeSms):
    """Cannot be reached."""

    def suffer(self) -> None:
        """Nobody there."""
        raise Retryable("connection refused")


class Stalling(FakeSms):
    """Holds the line for a minute and never answers."""

    def suffer(self) -> None:
        """A long silence."""
        time.sleep(STALL_SECONDS)
        raise Unknown("no answer in time")


class Nonsense(FakeSms):
    """Takes the message and answers with something that is no receipt."""

    answer: ClassVar[Any] = None

    def send(self, to: str, text: str, key: str) -> str:
        """Nothing one could keep as a receipt."""
        super().send(to, text, key)
        return self.answer
