"""Pages in memory, for tests and for a portal started with `WEB_PAGES_GATEWAY` set to one of them."""

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.web_pages.base import WebPage


class FakePages:
    """Returns what is in `FakePages.pages` by URL: a page's text, or an exception to raise."""

    pages: dict[str, str | Refused | Retryable] = {}
    asked: list[str] = []

    def fetch(self, url: str) -> WebPage:
        """What was put there; another address leads nowhere."""
        self.asked.append(url)
        found = self.pages.get(url, Retryable("the name leads nowhere"))
        if isinstance(found, str):
            return WebPage(url, found.encode(), "utf-8")
        raise found

    def check(self) -> None:
        """Always there."""
