"""The client's address, as counted from our own proxies, whether its script asks, and limits on request bodies."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MARK = "takes_file"


def client_address(request: HttpRequest) -> str:
    """The client's address, normalised; "" when there is none to trust.

    Each trusted proxy appends the address it saw to X-Forwarded-For, so the client's is `TRUSTED_PROXY_COUNT` places
    from the right; everything left of it is the client's own claim.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXY_COUNT
    chain = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    if proxies and len(chain) >= proxies:
        address = chain[-proxies]
    return _one_spelling(address)


def _one_spelling(address: str) -> str:
    try:
        parsed = ip_address(address.strip("[]"))
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def is_of_script(request: HttpRequest) -> bool:
    """Whether a page's script asks for a part of the page, and nobody reads the rest."""
    return request.META.get("HTTP_X_REQUESTED_WITH") == "fetch"


def takes_file(view: View) -> View:
    """Marks a view with an upload: its body may contain one file. Put it above all other decorators."""
    setattr(view, MARK, True)
    return view


def most_bytes(view: Callable[..., HttpResponseBase] | None = None) -> int:
    """The largest body a view accepts; without a view, the default."""
    fields: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return fields + (settings.UPLOAD_MAX_BYTES if view is None or getattr(view, MARK, False) else 0)


def declared_length(request: HttpRequest) -> float:
    """The body's length by its headers, in bytes; infinite for chunked bodies."""
    # `request.headers` would read every header again, for a request that needs none of them
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return float("inf")
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() else 0
