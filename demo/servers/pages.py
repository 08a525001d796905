"""A file of home pages for the demo: `VAR_DIR/pages.json`, `{"https://www.example.cn/": "<html>…"}`."""

import json

from django.conf import settings

from icpportal.gateways.errors import Retryable
from icpportal.gateways.web_pages.base import WebPage

PLAIN = "<!doctype html><title>Demo</title><h1>A page of the demo</h1><footer>© 2026</footer>"


class FilePages:
    """`web_pages.base.WebPages` from a file that is read on every call; any other page has no number at its foot."""

    def fetch(self, url: str) -> WebPage:
        """The page of the address in the file."""
        return WebPage(url, _read().get(url, PLAIN).encode(), "utf-8")

    def check(self) -> None:
        """Raises when the file is unreadable."""
        _read()


def _read() -> dict[str, str]:
    try:
        raw = json.loads((settings.VAR_DIR / "pages.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise Retryable("the file of pages cannot be read") from problem
    return raw if isinstance(raw, dict) else {}
