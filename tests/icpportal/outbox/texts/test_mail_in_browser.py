"""One mail of each kind as rendered by a browser: by day and by night, on a phone, and with its head removed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.icpportal.outbox.texts.test_mail_page import mail

pytestmark = pytest.mark.browser
# a list with own words, quoted words, steps, a code, and text only
SORTS = ("order_returned", "order_returned_by_authority", "order_approved", "code_sign_in", "order_with_authority")
SMALLEST = 44  # pixels that a finger can press
ENOUGH = 4.5  # contrast of text
CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [.2126, .7152, .0722][n], 0);
  const ground = at => { for (let on = at; on; on = on.parentElement) {
    const found = rgb(getComputedStyle(on).backgroundColor); if (found.length < 4 || found[3] > 0) return found; }
    return [255, 255, 255]; };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !at.checkVisibility() || !at.getClientRects().length) continue;
    const pair = [light(rgb(getComputedStyle(at).color)), light(ground(at))].sort((a, b) => b - a);
    found.push([(pair[0] + .05) / (pair[1] + .05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}"""

PLACES = "[...document.querySelectorAll('td, p, h1, a')].map(at => JSON.stringify(at.getBoundingClientRect()))"


@pytest.fixture(autouse=True)
def base(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://beian.example.com"


@pytest.fixture
def shown(browser: Any) -> Iterator[Any]:
    """Shows a mail in its own window; requests to other hosts are refused and recorded."""
    windows = []

    def show(html: str, width: int, scheme: str) -> tuple[Any, list[str]]:
        window = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        windows.append(window)
        page, loaded = window.new_page(), []
        page.route("**/*", lambda route: (loaded.append(route.request.url), route.abort()))
        page.set_content(html)
        return page, loaded

    yield show
    for window in windows:
        window.close()


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [
        ("zh-hans", 390, "dark"),
        ("en", 700, "light"),
        pytest.param("zh-hans", 700, "light", marks=pytest.mark.long),
        pytest.param("en", 390, "dark", marks=pytest.mark.long),
    ],
)
def test_a_mail_can_be_read_and_pressed_without_pictures(shown: Any, language: str, width: int, scheme: str) -> None:
    for name in SORTS:
        page, loaded = shown(mail(name, language), width, scheme)

        assert loaded == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        pale = [(round(ratio, 2), text) for ratio, text in page.evaluate(CONTRAST) if ratio < ENOUGH]
        assert pale == [], name
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(247, 246, 242)", "dark": "rgb(17, 25, 29)"}[scheme]
        for button in page.locator(".m-btn a").all():
            assert button.bounding_box()["height"] >= SMALLEST
        assert page.locator(".m-btn").count() == (0 if name.startswith("code_") else 1)


def test_a_mail_whose_head_is_removed_looks_the_same(shown: Any) -> None:
    for name in SORTS:
        whole = mail(name, "en")
        bare = re.sub(r"<style>.*?</style>", "", whole, flags=re.DOTALL)
        places = [page.evaluate(PLACES) for page in (shown(whole, 700, "light")[0], shown(bare, 700, "light")[0])]

        assert len(places[0]) > 10
        assert places[0] == places[1], name


def test_the_button_of_a_phone_is_as_wide_as_the_sheet(shown: Any) -> None:
    page, _loaded = shown(mail("order_returned", "zh-hans"), 390, "light")

    button, heading = (page.locator(place).bounding_box() for place in (".m-btn a", "h1"))
    assert button["width"] == pytest.approx(heading["width"], abs=2)
