"""The machine's own resolver, through the standard library."""

import socket
import threading

from django.conf import settings

from icpportal.gateways.errors import Retryable
from icpportal.gateways.request_budget import call_within, seconds_for

# getaddrinfo cannot be cancelled; late lookups keep their thread, so their number is bounded
LOOKUPS_AT_ONCE = 4
NOWHERE = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))

lookups = threading.BoundedSemaphore(LOOKUPS_AT_ONCE)


class SystemResolver:
    """`dns.base.Resolver` over getaddrinfo."""

    def addresses(self, domain: str, *, timeout: float | None = None) -> list[str]:
        """Looks up both names at once; an unknown name has no address."""
        seconds = seconds_for(settings.DNS_SECONDS if timeout is None else min(timeout, settings.DNS_SECONDS))
        if not lookups.acquire(blocking=False):
            raise Retryable("too many lookups under way")
        try:
            return call_within(lambda: _both(domain), seconds)
        except (OSError, UnicodeError) as problem:
            raise Retryable("the name could not be looked up") from problem

    def check(self) -> None:
        """Looks up a name that certainly exists."""
        self.addresses(settings.DNS_CHECK_NAME)


def _both(domain: str) -> list[str]:
    try:
        return sorted({*_addresses_of(domain), *_addresses_of(f"www.{domain}")})
    finally:
        lookups.release()


def _addresses_of(name: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None, proto=socket.IPPROTO_TCP)}
    except socket.gaierror as problem:
        if problem.errno in NOWHERE:
            return set()
        raise
