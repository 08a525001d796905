"""The interface to the web: the content of a public page."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting

# why a page was not read, as `Refused.code` says it
INSIDE = "inside"  # its name resolves to an address that is not public
ADDRESS = "address"  # not a public URL: another scheme or port, or with a password
REDIRECTS = "redirects"  # too many redirects
CERTIFICATE = "certificate"
TOO_LARGE = "too_large"
STATUS = "status"  # the server answers with an error
NO_PAGE = "no_page"  # the answer is not a text page
REASONS = (INSIDE, ADDRESS, REDIRECTS, CERTIFICATE, TOO_LARGE, STATUS, NO_PAGE)


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as a visitor gets it, with the URL after redirects."""

    url: str
    body: bytes
    charset: str  # as the server named it; "" where it named none


class WebPages(Protocol):
    """What a reader of pages must do."""

    def fetch(self, url: str) -> WebPage:
        """The page at this URL; raises `Retryable`, or `Refused` with one of `REASONS`."""

    def check(self) -> None:
        """Raises when nothing can be read at all."""


def web_pages() -> WebPages:
    """The gateway of `settings.WEB_PAGES_GATEWAY`."""
    return counting("web_pages", import_string(settings.WEB_PAGES_GATEWAY)(), "fetch")
