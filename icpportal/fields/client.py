"""Where a request came from, counted from our own proxies, never from what the client claims."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address in one spelling; "" when there is none to trust.

    Each trusted proxy appends the address it saw to X-Forwarded-For, so the client's stands
    `TRUSTED_PROXY_COUNT` places from the right; everything left of it is the client's own claim.
    """
    told = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXY_COUNT
    chain = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    if proxies and len(chain) >= proxies:
        told = chain[-proxies]
    return _one_spelling(told)


def _one_spelling(address: str) -> str:
    try:
        parsed = ip_address(address.strip("[]"))
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
