"""The walk once in a browser: whatever axe finds on a page is listed in `looks.py`, or is fixed.

Themes, widths and languages are spread over the pages, and the colours of an applicant's page are checked in the
other theme too; `make axe` checks every page in all of them.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from tests.walk import pages, world
from tests.walk.looks import COLOURS, KNOWN, THEMES, WIDTHS, Eyes, known_of
from tests.walk.walker import Hasty, Page, Walker
from tests.walk.walks import LANGUAGES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.sqlite]
CROWDS = {
    "applicants": (world.VISITOR, world.HALFWAY, "newcomer", "unconfirmed", "stranger", "owner"),
    "staff": tuple(world.STAFF),
}
# how many pages of a kind that Django renders alike
DJANGOS = {"changelist": 4, "change": 4, "add": 1, "delete": 1, "history": 1}


@pytest.mark.parametrize("crowd", ["applicants", pytest.param("staff", marks=pytest.mark.long)])
def test_axe_finds_nothing_but_the_listed_rows(crowd: str, tmp_path: Path, settings: Any, browser: Any) -> None:
    """One page of each name and each role's frame; languages by role, themes and widths by page."""
    made = world.build("seed-2018", tmp_path, settings)
    wrong: list[str] = []
    met: set[Any] = set()
    looked_at: Counter[str] = Counter()
    for number, role in enumerate(CROWDS[crowd]):
        walk = Walk(made, role, LANGUAGES[number % 2])
        walker, found = walk.look_around(kind=Hasty)
        for page, seen in _looked_at(browser, walker, _chosen(found, looked_at)):
            for rule, element in seen:
                known = known_of(rule, page.name, element)
                met |= known
                wrong += [] if known else [f"{role} {walk.language} {page.url} {page.name} {rule}: {element}"]

    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert met == {entry for entry in KNOWN if entry[0] == crowd}


def _chosen(found: list[Page], looked_at: Counter[str]) -> list[Page]:
    """Unchecked pages: one of each name, and a few of those that Django renders alike.

    The first page of a role is always checked, for its frame.
    """
    chosen: dict[str, Page] = {}
    for page in found:
        if page.status >= 400 or page.name in pages.FRAGMENTS or page.name in chosen:
            continue
        kind = page.name.rpartition("_")[2]
        like = f"admin {kind}" if kind in DJANGOS else page.name
        if looked_at[like] < DJANGOS.get(kind, 1) or not chosen:
            looked_at[like] += 1
            chosen[page.name] = page
    return list(chosen.values())


def _looked_at(browser: Any, walker: Walker, chosen: list[Page]) -> list[tuple[Page, list[tuple[str, str]]]]:
    eyes = Eyes(browser, walker.client)
    found = []
    for number, page in enumerate(chosen):
        eyes.open(page.url)
        eyes.turn(THEMES[number % 2], WIDTHS[number // 2 % 2])
        seen = eyes.judge()
        if not page.name.startswith("admin:"):
            eyes.turn(THEMES[(number + 1) % 2], WIDTHS[number // 2 % 2])
            seen += eyes.judge(COLOURS)
        found.append((page, seen))
    eyes.close()
    return found


class Says:
    """A portal with one page."""

    def __init__(self, body: str) -> None:
        self.body = f'<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{body}</main></html>'

    def get(self, path: str) -> HttpResponse:
        return HttpResponse(self.body)


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        ("<p>Words</p>", set()),
        ("<input>", {"label"}),
        ('<p style="color: #eee">Words</p>', {"color-contrast"}),
        ('<p style="width: 2em">Words in a narrow column</p>', {"squeezed"}),
    ],
)
def test_axe_finds_the_faults_of_a_page(body: str, rules: set[str], browser: Any) -> None:
    eyes = Eyes(browser, Says(body))

    found = eyes.look("/")

    eyes.close()
    assert {rule for rule, _element in found} == rules
