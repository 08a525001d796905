"""The interface to DNS: where a domain points now."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting


class Resolver(Protocol):
    """What a resolver must do; `timeout` is in seconds, `settings.DNS_SECONDS` by default."""

    def addresses(self, domain: str, *, timeout: float | None = None) -> list[str]:
        """The addresses of the domain and of its www; none when it points nowhere. Raises `Retryable`."""

    def check(self) -> None:
        """Raises when DNS does not answer."""


def resolver() -> Resolver:
    """The gateway of `settings.DNS_GATEWAY`."""
    return counting("dns", import_string(settings.DNS_GATEWAY)(), "addresses")
