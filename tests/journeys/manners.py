"""How each walk is made: language, width, with script or without, and once over a connection that breaks.

The suite spreads a few of them over the walks. `make walk` makes every walk in both languages and both widths, and
runs axe on every page reached.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.walk.looks import JUDGE, OPTIONS

IS_WHOLE = os.environ.get("WALKS", "") == "all"
COMPUTER, PHONE = 1280, 390
HEIGHTS = {COMPUTER: 900, PHONE: 844}
LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class Manner:
    language: str = "en"
    width: int = COMPUTER
    script: bool = True
    lost_line: bool = False

    def __str__(self) -> str:
        words = [self.language, "phone" if self.width == PHONE else "computer"]
        words += [] if self.script else ["no-script"]
        return "-".join([*words, "lost-line"] if self.lost_line else words)


def walked(*dealt: Manner) -> pytest.MarkDecorator:
    """Runs the test in these manners, or in all; `window` is as wide as its manner says."""
    every = [Manner(language, width) for language, width in product(LANGUAGES, HEIGHTS)]
    special = [each for each in dealt if each not in every]
    return pytest.mark.parametrize("manner", [*every, *special] if IS_WHOLE else dealt, ids=str)


def judge(page: Page, manner: Manner) -> None:
    """In the walk of all manners: axe finds nothing on the page about to be left."""
    if not IS_WHOLE or not page.url.startswith("http"):
        return
    with contextlib.nullcontext(page) if manner.script else as_drawn(page) as shown:
        shown.evaluate(Axe().axe_script)
        found = shown.evaluate(JUDGE, OPTIONS)
    assert found == [], (page.url, page.viewport_size, found)


@contextlib.contextmanager
def as_drawn(page: Page) -> Iterator[Page]:
    """A page without script as it is, in a window where axe can run: none of its own scripts are loaded."""
    address, drawn, browser = page.url.partition("#")[0], page.content(), page.context.browser
    assert browser is not None
    with browser.new_context(viewport=page.viewport_size) as context:
        context.add_cookies([{**each} for each in page.context.cookies()])
        context.route("**/*.js", lambda route: route.abort())
        context.route(address, lambda route: route.fulfill(body=drawn, content_type="text/html; charset=utf-8"))
        shown = context.new_page()
        shown.goto(address)
        yield shown
