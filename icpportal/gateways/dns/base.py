"""The interface to the domain name system: where does a domain point now?"""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting


class Resolver(Protocol):
    """What any resolver can do; `timeout` bounds a question in seconds, `settings.DNS_SECONDS` when it is left out."""

    def addresses(self, domain: str, *, timeout: float | None = None) -> list[str]:
        """The addresses of the domain and of its www; none when it points nowhere. Raises `Retryable`."""

    def check(self) -> None:
        """Raises when nobody answers."""


def resolver() -> Resolver:
    """The gateway of `settings.DNS_GATEWAY`."""
    return counting("dns", import_string(settings.DNS_GATEWAY)(), "addresses")
