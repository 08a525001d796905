"""Once the walk is made in a browser: what axe finds on a page is listed in `walks.py`, or is fixed."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from tests.walk import pages, world
from tests.walk.looks import Eyes
from tests.walk.walker import Hasty, Page, Walker
from tests.walk.walks import LANGUAGES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.sqlite]
CROWDS = {
    "applicants": (world.VISITOR, "newcomer", "unconfirmed", "stranger", "owner"),
    "staff": tuple(world.STAFF),
}
# how many pages of a kind that Django draws alike
DJANGOS = {"changelist": 6, "change": 6, "add": 2, "delete": 1, "history": 1}
# crowd, axe's rule, part of the page's name, part of the element, and what is wrong; this list may only shrink
KNOWN = {
    ("staff", "target-size", "_changelist", '<a href="?'): "the links of Django's filters are small",
    ("applicants", "image-redundant-alt", "check", "<img"): "a picture says the words beside it again",
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_axe_finds_nothing_that_no_row_names(crowd: str, tmp_path: Path, settings: Any, browser: Any) -> None:
    """One page of each name and each role's frame, in light, roles by turns in both languages."""
    made = world.build("current-2020", tmp_path, settings)
    wrong: list[str] = []
    met: set[Any] = set()
    looked_at: Counter[str] = Counter()
    for number, role in enumerate(CROWDS[crowd]):
        walk = Walk(made, role, LANGUAGES[number % 2])
        walker, found = walk.look_around(kind=Hasty)
        for page, seen in _looked_at(browser, walker, _chosen(found, looked_at)):
            for rule, element in seen:
                known = {entry for entry in KNOWN if _is_known(entry, crowd, rule, page.name, element)}
                met |= known
                wrong += [] if known else [f"{role} {walk.language} {page.url} {page.name} {rule}: {element}"]

    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert met == {entry for entry in KNOWN if entry[0] == crowd}


def _chosen(found: list[Page], looked_at: Counter[str]) -> list[Page]:
    """What nobody has looked at yet: a page of each name, and of those that Django draws alike a few.

    The first page of a role is looked at whatever it is, for its frame.
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
    try:
        return [(page, eyes.look(page.url)) for page in chosen]
    finally:
        eyes.close()


def _is_known(entry: tuple[str, str, str, str], crowd: str, rule: str, name: str, element: str) -> bool:
    return entry[:2] == (crowd, rule) and entry[2] in name and entry[3] in element


class Says:
    """A portal of one page."""

    def __init__(self, body: str) -> None:
        self.body = f'<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{body}</main></html>'

    def get(self, path: str) -> HttpResponse:
        return HttpResponse(self.body)


@pytest.mark.parametrize(
    ("body", "rules"),
    [("<p>Words</p>", set()), ("<input>", {"label"}), ('<p style="color: #eee">Words</p>', {"color-contrast"})],
)
def test_axe_finds_what_is_wrong_on_a_page(body: str, rules: set[str], browser: Any) -> None:
    eyes = Eyes(browser, Says(body))

    found = eyes.look("/")

    eyes.close()
    assert {rule for rule, _element in found} == rules
