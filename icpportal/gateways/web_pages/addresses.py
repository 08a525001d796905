"""Which addresses of the web may be asked: public ones alone, on the usual ports, whatever a redirect says."""

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
LONGEST = 2000  # characters of an address
AS_IT_IS = "/:@!$&'()*+,;=-._~%"  # of a path, beside letters and digits

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the web, taken apart: nothing in it but what a request needs."""

    scheme: str
    host: str
    path: str

    @property
    def port(self) -> int:
        """The usual port of its scheme: no other is asked."""
        return PORTS[self.scheme]

    @property
    def url(self) -> str:
        """The address again, in plain ASCII."""
        return f"{self.scheme}://{self.host}{self.path}"


def target(url: str) -> Target:
    """The parts of an address; raises `Refused` for one that is not of the public web."""
    try:
        parts = urlsplit(url[:LONGEST])
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme.lower()
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except ValueError as problem:  # an IDNAError is one as well
        raise Refused("not an address", code=ADDRESS) from problem
    # an address of version 6 in brackets is left out: no website of a customer is reached by it
    if scheme not in PORTS or port not in (None, PORTS[scheme]) or not NAME.fullmatch(name.lower()):
        raise Refused("not an address of the web", code=ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a name or password in it", code=ADDRESS)
    query = f"?{quote(parts.query, safe=AS_IT_IS + '?')}" if parts.query else ""
    return Target(scheme, name.lower(), (quote(parts.path, safe=AS_IT_IS) or "/") + query)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, by itself and by the one it may carry inside."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _judged(found))


def _judged(address: Ip) -> list[Ip]:
    """The addresses that one stands for: one of version 4 that is only written as one of version 6, or both."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *filter(None, (address.sixtofour, *(address.teredo or ())))]
