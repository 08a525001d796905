"""Addresses of outside systems: which are this machine's, and which are asked in the clear."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LABEL = re.compile("(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)  # a part of a host's name in DNS


def is_this_machine(host: str) -> bool:
    """Whether nothing that is sent to this host leaves the machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def split_address(address: str) -> SplitResult | None:
    """Its parts; None when nobody can read it, such as one whose host is still in the brackets of an example."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def names_host(address: str) -> bool:
    """Whether a request can be sent there: an address of the web, with a host and a port that can be read."""
    parts = split_address(address)
    try:
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port
        return False


def names_store(address: str) -> bool:
    """Whether a bucket can be there: as `names_host`, and what its library demands (no underscore, no other letter)."""
    parts = split_address(address) if names_host(address) else None
    if parts is None or parts.query:
        return False
    host = (parts.hostname or "").removesuffix(".")
    return ":" in host or all(map(LABEL.fullmatch, host.split(".")))


def crosses_in_clear(address: str) -> bool:
    """Whether a request to this address crosses a network unencrypted; to one that nobody can read, nothing is sent."""
    parts = split_address(address)
    return parts is not None and parts.scheme == "http" and not is_this_machine(parts.hostname or "")
