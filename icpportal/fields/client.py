"""Where a request came from, counted from our own proxies, and how many bytes it may bring to its address."""

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MARK = "takes_file"


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


def takes_file(view: View) -> View:
    """A page with an upload: its body may hold one file beside the fields. Stands above all other decorators."""
    setattr(view, MARK, True)
    return view


def most_bytes(view: Callable[..., HttpResponseBase] | None = None) -> int:
    """What a page reads at most; without a view what any page does."""
    fields: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return fields + (settings.UPLOAD_MAX_BYTES if view is None or getattr(view, MARK, False) else 0)


def announced(headers: Mapping[str, str]) -> float:
    """The length of a body as its headers tell it, in bytes; without end where it comes in chunks."""
    if headers.get("Transfer-Encoding"):
        return float("inf")
    length = headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
