"""The interface to the provider's server list (接入信息): which instances an account has."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting
from icpportal.gateways.inventory.types import Instance


class Inventory(Protocol):
    """What a source of instances must do; `timeout` is in seconds."""

    def instances(self, account: str, *, timeout: float | None = None) -> list[Instance]:
        """The instances bought by this account (its email address); empty when it has none."""

    def instance(self, instance_id: str, *, timeout: float | None = None) -> Instance | None:
        """One instance of any account."""

    def check(self) -> None:
        """Raises when the list cannot be read."""


def inventory() -> Inventory:
    """The gateway of `settings.INVENTORY_GATEWAY`."""
    return counting("inventory", import_string(settings.INVENTORY_GATEWAY)(), "instances", "instance")
