"""Each measure finds its defect, and nothing on a correct page."""

from typing import Any

import pytest
from django.http import HttpResponse

from tests.seen.measures import failures_of, failures_when_stretched
from tests.walk.looks import Eyes

pytestmark = pytest.mark.browser
GOOD = '<p>Read <a href="/">the rules</a> first.</p><button class="tall">Go</button><p class="cut">Short</p>'
BAD = (
    '<p><a href="/">Rules</a></p><button class="tall bare">Go</button><p class="long">x</p>'
    '<p class="cut">Many words that have no room in one line when they are spaced wider</p>'
)
STYLE = """.tall { min-height: 44px } .bare:focus { outline: none } .long { width: 330px }
:focus-visible { outline: 3px solid } .cut { width: 30em; height: 2.4em; overflow: hidden } body { margin: 0 }"""


class Says:
    """A portal with one page."""

    def __init__(self, body: str) -> None:
        self.body = f'<!doctype html><meta name="viewport" content="width=device-width"><style>{STYLE}</style>{body}'

    def get(self, path: str) -> HttpResponse:
        return HttpResponse(f"{self.body}")


@pytest.mark.parametrize(
    ("body", "missed"),
    [
        (GOOD.replace("cut", "none"), set()),
        (BAD, {"small target", "focus", "sideways at 320", "sideways when spaced wider", "cut off when spaced wider"}),
    ],
)
def test_a_page_that_fails_a_measure_is_found(body: str, missed: set[str], browser: Any) -> None:
    eyes = Eyes(browser, Says(f"<main>{body}</main>"))
    eyes.open("/")

    found = failures_of(eyes) + failures_when_stretched(eyes)

    eyes.close()
    assert {measure for measure, _element in found} == missed, found
