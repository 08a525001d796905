"""The interface to the web: what stands on a page that anybody can open?"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting

# why a page was not read, as `Refused.code` says it
INSIDE = "inside"  # its name leads to an address that is not public
ADDRESS = "address"  # not an address of the web: another scheme or port, a password in it
REDIRECTS = "redirects"  # it leads on and on
CERTIFICATE = "certificate"
TOO_LARGE = "too_large"
STATUS = "status"  # the server answers with an error
NO_PAGE = "no_page"  # an answer that is no page of text
REASONS = (INSIDE, ADDRESS, REDIRECTS, CERTIFICATE, TOO_LARGE, STATUS, NO_PAGE)


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as a visitor gets it, at the address to which the one that was asked for led."""

    url: str
    body: bytes
    charset: str  # as the server named it; "" where it named none


class WebPages(Protocol):
    """What any reader of pages can do."""

    def fetch(self, url: str) -> WebPage:
        """The page of this address; raises `Retryable`, or `Refused` with one of `REASONS`."""

    def check(self) -> None:
        """Raises when nothing can be read at all."""


def web_pages() -> WebPages:
    """The gateway of `settings.WEB_PAGES_GATEWAY`."""
    return counting("web_pages", import_string(settings.WEB_PAGES_GATEWAY)(), "fetch")
