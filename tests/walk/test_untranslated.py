"""A Chinese page holds no word that was forgotten in English, as everything written outside the catalogue would be."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk import world
from tests.walk.walker import Hasty, Page
from tests.walk.walks import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# addresses, references, keys: words with a sign or a digit in them
NO_WORD = re.compile(r"\S*[\w*][@./:_=\d*-]\S*|\S*[\d@/:_=]\S*")
WORD = re.compile(r"\b[A-Za-z]{3,}\b")
# the same word in both languages: names of formats and products, of languages by themselves, what was typed or bought
SAME = {
    "ICP",
    "App",
    "ECS",
    "English",
    "JPEG",
    "WebP",
    "PNG",
    "HEIC",
    "PDF",
    "Cookie",
    "WHOIS",
    "license",
    "Transfer",
    "www",
    "sample",
}
DEMO = "demo-"  # pages of outside systems that are played
QUOTED = ("script", "style", "code", "pre", "kbd", "textarea")


def words(page: Page) -> Iterator[str]:
    """Latin words that a reader of the page sees, but for what is quoted or marked as English."""
    for element in page.tree.xpath("//body//*"):
        is_quoted = element.tag in QUOTED or element.get("lang", "").startswith("en")
        for text in ("" if is_quoted else element.text, element.tail):
            yield from WORD.findall(NO_WORD.sub(" ", text or ""))


def test_no_word_on_the_pages_of_applicants_was_left_in_english(tmp_path: Path, settings: Any) -> None:
    made = world.build("seed-2018", tmp_path, settings)
    wrong = set()
    for role in (world.VISITOR, "owner"):
        _walker, found = Walk(made, role, "zh-hans").look_around(kind=Hasty)
        pages = [page for page in found if not page.name.startswith(DEMO)]
        assert len(pages) > 10
        wrong |= {f"{page.name}: {word}" for page in pages for word in words(page) if word not in SAME}

    assert wrong == set()
