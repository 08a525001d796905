"""In which manner each walk is made: language, width, with script or without, and once over a line that breaks.

The suite deals a few of them out over the walks. `make walk` makes every walk in both languages and both widths, and
lets axe look at every page that is met.
"""

import os
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
    """The test is walked in these manners, or in all there are; `window` is as wide as its manner says."""
    every = [Manner(language, width) for language, width in product(LANGUAGES, HEIGHTS)]
    special = [each for each in dealt if each not in every]
    return pytest.mark.parametrize("manner", [*every, *special] if IS_WHOLE else dealt, ids=str)


def judge(page: Page) -> None:
    """In the walk of all manners: axe finds nothing on the page that is about to be left."""
    if not IS_WHOLE or not page.url.startswith("http"):
        return
    page.evaluate(Axe().axe_script)
    found = page.evaluate(JUDGE, OPTIONS)
    assert found == [], (page.url, page.viewport_size, found)
