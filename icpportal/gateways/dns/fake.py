"""Resolvers for tests, some of which misbehave; a portal can be started with `DNS_GATEWAY` set to one."""

import time

from icpportal.gateways.errors import Retryable
from icpportal.gateways.request_budget import seconds_for


class FakeResolver:
    """Names in memory: put them into `FakeResolver.names`, clear it after the test."""

    names: dict[str, list[str]] = {}

    def suffer(self, timeout: float | None) -> None:
        """What happens before an answer: nothing here."""

    def addresses(self, domain: str, *, timeout: float | None = None) -> list[str]:
        """The addresses that were put in."""
        self.suffer(timeout)
        return list(self.names.get(domain, []))

    def check(self) -> None:
        """Fails like a lookup."""
        self.suffer(None)


class Down(FakeResolver):
    """Cannot be reached."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """Nobody there."""
        raise Retryable("nobody answers")


class Stalling(FakeResolver):
    """Never answers in time."""

    def suffer(self, timeout: float | None) -> None:
        """Holds the caller for all the time it has."""
        time.sleep(seconds_for(timeout))
        raise Retryable("no answer in time")
