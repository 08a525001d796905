"""What ending an access means for one website: what ends, what stays, what comes next, and what to beware of."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from filings.models import Website
from filings.queries import live_accesses, websites_of
from filings.suffixes import never_again
from icpportal.gateways.asking import asking
from icpportal.gateways.dns.seam import resolver
from icpportal.gateways.errors import Refused, Retryable
from transfers.cancelling import is_last_access

OTHERS_SHOWN = 20


class Pointing(StrEnum):
    """Where the domain points now."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"  # nobody answered in time, or we do not know our own addresses


@dataclass(frozen=True)
class Consequences:
    """The facts of the page; its words are in the template."""

    website: Website
    staying: list[Website]  # the owner's other websites here
    is_last: bool  # no other provider is known
    pointing: Pointing
    suffix: str  # ".org" where it can never be filed again


def consequences(website: Website) -> Consequences:
    """Asks where the domain points, within the limits of a page's questions."""
    staying = websites_of(website.owner).exclude(pk=website.pk)[:OTHERS_SHOWN]
    return Consequences(
        website=website,
        staying=list(staying),
        is_last=is_last_access(website),
        pointing=pointing(website),
        suffix=never_again(website.domain),
    )


def pointing(website: Website) -> Pointing:
    """Whether the domain points at an address of this website's access, or at any of ours."""
    own = live_accesses().filter(website=website).values_list("ip", flat=True)
    ours = _networks([*filter(None, own), *settings.PROVIDER_NETWORKS])
    if not ours:
        return Pointing.UNKNOWN
    try:
        with asking() as ask:
            found = resolver().addresses(website.domain, timeout=min(ask.left, settings.DNS_SECONDS))
    except (Retryable, Refused):
        return Pointing.UNKNOWN
    if not found:
        return Pointing.NOWHERE
    return Pointing.HERE if any(_is_in(address, ours) for address in found) else Pointing.ELSEWHERE


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(texts: Iterable[str]) -> list[Network]:
    return [ipaddress.ip_network(text, strict=False) for text in texts]


def _is_in(address: str, networks: Iterable[Network]) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    return any(found in network for network in networks)
