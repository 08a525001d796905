"""A Chinese page has no word left in English, and no space between sentences as English has."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from tests.walk import world
from tests.walk.walker import Hasty, Page
from tests.walk.walks import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# addresses, references, keys: words with a sign or a digit
NO_WORD = re.compile(r"\S*[\w*][@./:_=\d*-]\S*|\S*[\d@/:_=]\S*")
WORD = re.compile(r"\b[A-Za-z]{3,}\b")
# the same word in both languages: formats, products, names of languages, entries and purchases
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
DEMO = "demo-"  # pages of simulated outside systems
QUOTED = ("script", "style", "code", "pre", "kbd", "textarea")
# elements that text runs through; every other one begins a line or stands apart, as links and buttons do
WITHIN_A_LINE = ("b", "strong", "em", "span", "time", "abbr", "q", "small", "bdi", "i", "mark", "wbr")
# a sign as wide as a letter, and a blank before what follows it on the line
BLANK = re.compile(r"[。？；：] [\u3400-\u9fff“]+")


def words(page: Page) -> Iterator[str]:
    """Latin words visible to a reader of the page, except quoted ones and those marked as English."""
    for element in page.tree.xpath("//body//*"):
        is_quoted = element.tag in QUOTED or element.get("lang", "").startswith("en")
        for text in ("" if is_quoted else element.text, element.tail):
            yield from WORD.findall(NO_WORD.sub(" ", text or ""))


def lines(element: Any) -> Iterator[str]:
    """The text of a page in runs that nothing but what is within a line interrupts."""
    run = element.text or ""
    for child in element:
        if child.tag in WITHIN_A_LINE:
            first, *others = lines(child)
            run += first
            for other in others:
                yield run
                run = other
        elif child.tag not in QUOTED and isinstance(child.tag, str):
            yield run
            yield from lines(child)
            run = ""
        run += child.tail or ""
    yield run


def test_a_run_goes_on_through_what_stands_within_a_line_and_ends_at_what_does_not() -> None:
    tree = html.fragment_fromstring("<p>一。<b>二</b> 三：<time>四</time><a>五</a>六<script>七</script>八</p>")

    assert list(lines(tree)) == ["一。二 三：四", "五", "六八"]


def spaces_after_colons(page: Page) -> list[str]:
    """What follows a sentence or a colon after a space."""
    runs = (" ".join(line.split()) for line in lines(page.tree.find("body")))
    return [blank for run in runs for blank in BLANK.findall(run)]


@pytest.mark.parametrize("profile", ["seed-2018"], scope="module")
def test_no_word_is_left_in_english_for_applicants_and_nobodys_sentences_are_spaced(made: world.World) -> None:
    wrong = set()
    for role in (world.VISITOR, "owner", "lead"):
        _walker, found = Walk(made, role, "zh-hans").look_around(kind=Hasty)
        assert len(found) > 10
        wrong |= {f"{page.name}: {blank}" for page in found for blank in spaces_after_colons(page)}
        if role != "lead":  # `test_words.py` looks at the desk
            pages = [page for page in found if not page.name.startswith(DEMO)]
            wrong |= {f"{page.name}: {word}" for page in pages for word in words(page) if word not in SAME}

    assert wrong == set()
