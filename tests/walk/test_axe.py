"""Once the walk is made in a browser: what axe finds on a page is named by a row of the findings, or is mended."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from tests.walk import pages, world
from tests.walk.looks import Eyes, skeleton
from tests.walk.walker import Page, Walker
from tests.walk.walks import LANGUAGES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.sqlite]
CROWDS = {
    "applicants": (world.VISITOR, "newcomer", "unconfirmed", "stranger", "owner"),
    "staff": tuple(world.STAFF),
}
# crowd, axe's rule, part of the page's name, part of the element: the row that will mend it; this list may only shrink
KNOWN = {
    ("staff", "target-size", "_changelist", '<a href="?'): "D23",
    ("applicants", "image-redundant-alt", "check", "<img"): "A59",
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_axe_finds_nothing_that_no_row_names(crowd: str, tmp_path: Path, settings: Any, browser: Any) -> None:
    """A39, D23: one page of each name a role, in light, roles by turns in both languages."""
    made = world.build("current-2020", tmp_path, settings)
    wrong: list[str] = []
    met: set[Any] = set()
    bones: set[str] = set()
    for number, role in enumerate(CROWDS[crowd]):
        walk = Walk(made, role, LANGUAGES[number % 2])
        walker, found = walk.look_around()
        for page, seen in _looked_at(browser, walker, _chosen(found, bones)):
            for rule, element in seen:
                known = {entry for entry in KNOWN if _is_known(entry, crowd, rule, page.name, element)}
                met |= known
                wrong += [] if known else [f"{role} {walk.language} {page.url} {page.name} {rule}: {element}"]

    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert met == {entry for entry in KNOWN if entry[0] == crowd}


def _chosen(found: list[Page], bones: set[str]) -> list[Page]:
    """One page of each name; the first of a role whatever it is like, for its frame."""
    chosen: dict[str, Page] = {}
    for page in found:
        if page.status < 400 and page.name not in chosen and page.name not in pages.FRAGMENTS:
            is_new = skeleton(page) not in bones
            bones.add(skeleton(page))
            if is_new or not chosen:
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
