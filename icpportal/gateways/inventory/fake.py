"""Server lists for tests, some of which misbehave; a portal can be started with `INVENTORY_GATEWAY` set to one."""

import time

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.parser import instances_of
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.request_budget import seconds_for

STALL_SECONDS = 60


class FakeInventory:
    """A list in memory: put instances into `FakeInventory.accounts`, clear it after the test."""

    accounts: dict[str, list[Instance]] = {}

    def suffer(self, timeout: float | None) -> None:
        """What happens before an answer: nothing here."""

    def instances(self, account: str, *, timeout: float | None = None) -> list[Instance]:
        """The rows of the account."""
        self.suffer(timeout)
        return list(self.accounts.get(account.lower(), []))

    def instance(self, instance_id: str, *, timeout: float | None = None) -> Instance | None:
        """The row with this id."""
        self.suffer(timeout)
        return next((row for rows in self.accounts.values() for row in rows if row.id == instance_id), None)

    def check(self) -> None:
        """Fails like a question."""
        self.suffer(None)


class Refusing(FakeInventory):
    """Says no to everything."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """No."""
        raise Refused("forbidden", code="403")


class Down(FakeInventory):
    """Cannot be reached."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """Nobody there."""
        raise Retryable("connection refused")


class Stalling(FakeInventory):
    """Answers after a minute, so in no request's time."""

    def suffer(self, timeout: float | None) -> None:
        """Holds the caller for all the time it has."""
        seconds = seconds_for(timeout)
        time.sleep(min(STALL_SECONDS, seconds))
        if seconds <= STALL_SECONDS:
            raise Retryable("no answer in time")


class Nonsense(FakeInventory):
    """Answers with something else."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """Not a list of instances."""
        instances_of("<html>502 Bad Gateway</html>")
