"""Which web addresses may be fetched: public ones only, on the usual ports, also after redirects."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna

from icpportal.gateways.errors import Refused
from icpportal.gateways.web_pages.base import ADDRESS

PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAME = re.compile(r"[a-z0-9_.-]{1,253}")
LONGEST = 2000  # characters of a URL
AS_IT_IS = "/:@!$&'()*+,;=-._~%"  # characters of a path besides letters and digits

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL with only what a request needs."""

    scheme: str
    host: str
    path: str

    @property
    def port(self) -> int:
        """The usual port of its scheme: no other is used."""
        return PORTS[self.scheme]

    @property
    def url(self) -> str:
        """The URL again, in plain ASCII."""
        return f"{self.scheme}://{self.host}{self.path}"


def target(url: str) -> Target:
    """The parsed URL; raises `Refused` for one that is not of the public web."""
    try:
        parts = urlsplit(url[:LONGEST])
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme.lower()
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (ValueError, OverflowError) as problem:  # both also of a name that is no Punycode
        raise Refused("not an address", code=ADDRESS) from problem
    # IPv6 addresses in brackets are not supported: no customer's website needs one
    if scheme not in PORTS or port not in (None, PORTS[scheme]) or not NAME.fullmatch(name.lower()):
        raise Refused("not an address of the web", code=ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a name or password in it", code=ADDRESS)
    query = f"?{quote(parts.query, safe=AS_IT_IS + '?')}" if parts.query else ""
    return Target(scheme, name.lower(), (quote(parts.path, safe=AS_IT_IS) or "/") + query)


def is_public(address: str) -> bool:
    """Whether an IP address is public, itself and any address embedded in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _addresses_to_judge(found))


def _addresses_to_judge(address: Ip) -> list[Ip]:
    """The addresses to judge for one: an IPv4 address embedded in IPv6, or both."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *filter(None, (address.sixtofour, *(address.teredo or ())))]
