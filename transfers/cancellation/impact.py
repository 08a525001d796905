"""The consequences of ending a website's access: what ends, what stays, what comes next, and warnings."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from filings.models import Access, Website
from filings.queries import websites_of
from filings.register.suffixes import unapproved_suffix
from icpportal.fields.components import Notice
from icpportal.fields.types import Words
from icpportal.gateways.dns.base import resolver
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.request_budget import request_budget
from transfers.cancellation.actions import is_last

OTHERS_SHOWN = 20


class Pointing(StrEnum):
    """Where the domain points now."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"  # no answer in time, or our own addresses are not known


LAST_PROVIDER = Notice(
    "problem",
    _("We are the only known provider"),
    (
        _(
            "Transfer to the new provider first. "
            "A filing without a provider may be deleted, and you would have to file again."
        ),
    ),
)
POINTING = {
    "here": Notice(
        "problem",
        _("The domain still points to our servers"),
        (_("Change this first. Once the transfer is cancelled, the website may no longer be hosted here."),),
    ),
    "unknown": Notice(
        "info",
        _("Where the domain points could not be checked"),
        (_("Before you continue, check that the domain no longer points here."),),
    ),
}
POINTS_AWAY: dict[str, Words] = {
    "elsewhere": _("The domain no longer points to our servers."),
    "nowhere": _("The domain does not point anywhere at the moment."),
}
NEVER_AGAIN = _("Suffix %(suffix)s is not approved: once cancelled, it can never be filed again.")


@dataclass(frozen=True)
class Consequences:
    """The facts on the page, and the warnings that follow from them."""

    website: Website
    staying: list[Website]  # the owner's other websites here
    is_last: bool  # no other provider is known
    pointing: Pointing
    suffix: str  # ".org" where it can never be filed again

    @property
    def notices(self) -> list[Notice]:
        """Warnings before cancelling, the most serious first."""
        never = NEVER_AGAIN % {"suffix": self.suffix}
        return [
            *([LAST_PROVIDER] if self.is_last else []),
            *([POINTING[self.pointing]] if self.pointing in POINTING else []),
            *([Notice("problem", "", (never,))] if self.suffix else []),
        ]

    @property
    def pointing_words(self) -> Words:
        """The sentence about a domain that points where it should."""
        return POINTS_AWAY.get(self.pointing, "")


def consequences(website: Website, accesses: Iterable[Access]) -> Consequences:
    """Looks up where the domain points, within the limits for lookups by pages; `accesses` are all that are open."""
    known = list(accesses)
    staying = websites_of(website.owner).exclude(pk=website.pk)[:OTHERS_SHOWN]
    return Consequences(
        website=website,
        staying=list(staying),
        is_last=is_last(known),
        pointing=pointing(website, known),
        suffix=unapproved_suffix(website.domain),
    )


def pointing(website: Website, accesses: Iterable[Access]) -> Pointing:
    """Whether the domain points at an address of our access among those of the website, or at any of ours."""
    own = [each.ip for each in accesses if each.own and each.ip]
    ours = _networks([*own, *settings.PROVIDER_NETWORKS])
    if not ours:
        return Pointing.UNKNOWN
    try:
        with request_budget() as ask:
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
