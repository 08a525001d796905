"""Systems behind the app for tests, some of which misbehave; also behind the trick codes of the demo's page."""

import time
from typing import ClassVar

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.request_budget import seconds_for

STALL_SECONDS = 60


class FakeApp:
    """Photos in memory: put them into `FakeApp.pictures` by code and mobile, clear it after the test."""

    pictures: ClassVar[dict[tuple[str, str], bytes]] = {}
    asked: ClassVar[list[tuple[str, str]]] = []

    def suffer(self, timeout: float | None) -> None:
        """What happens before an answer: nothing here."""

    def picture(self, code: str, mobile: str, *, timeout: float | None = None) -> bytes | None:
        """What was put there."""
        self.asked.append((code, mobile))
        self.suffer(timeout)
        return self.pictures.get((code, mobile))

    def check(self) -> None:
        """Suffers like a question."""
        self.suffer(None)


class Refusing(FakeApp):
    """Says no to everything."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """No."""
        raise Refused("forbidden", code="403")


class Down(FakeApp):
    """Cannot be reached."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """Nobody there."""
        raise Retryable("connection refused")


class Stalling(FakeApp):
    """Never answers in time."""

    def suffer(self, timeout: float | None) -> None:
        """Holds the caller for all the time it has."""
        time.sleep(min(STALL_SECONDS, seconds_for(timeout)))
        raise Retryable("no answer in time")


class Nonsense(FakeApp):
    """Answers with something that is not a picture but claims to be one."""

    def picture(self, code: str, mobile: str, *, timeout: float | None = None) -> bytes | None:  # noqa: ARG002
        """A page of somebody's proxy."""
        return b"<html>502 Bad Gateway</html>"
