"""A page as rendered by a browser, without a server: a test client answers the browser's requests."""

import mimetypes
from contextvars import copy_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.walk.walker import HOST

# all of axe's rules and the optional one about small targets (WCAG 2.5.8)
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# only the parts of axe's report read here: playwright takes a minute to pass all of a long list's
JUDGE = """options => axe.run(options).then(report =>
    report.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html])))"""
# and a rule of ours: words in a column of one or two characters
SQUEEZED = """() => [...document.querySelectorAll("main :is(p, li, dd, td, h1, h2, h3)")].filter(each => {
    const heard = [...each.querySelectorAll(".sr")].reduce((sum, one) => sum + one.innerText.length, 0)
    const width = each.clientWidth, letters = each.innerText.trim().length - heard
    const look = getComputedStyle(each)
    return width && look.clipPath === "none" && letters > 8 && width < 3 * parseFloat(look.fontSize)
}).map(each => ["squeezed", each.outerHTML])"""

# the one rule that can differ in the other theme
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
# crowd, axe's rule, part of the page's name, part of the element, and what is wrong; this list may only shrink
KNOWN: dict[tuple[str, str, str, str], str] = {}

LONGEST = 200
THEMES = ("light", "dark")
WIDTHS = (1280, 390)
HEIGHTS = {1280: 800, 390: 844}


def known_of(rule: str, name: str, element: str) -> set[tuple[str, str, str, str]]:
    """The entries for what axe found on the page of this name."""
    return {entry for entry in KNOWN if entry[1] == rule and entry[2] in name and entry[3] in element}


class Eyes:
    """One role's browser; at first on a computer, by day."""

    def __init__(self, browser: Any, client: Any) -> None:
        self.client = client
        self.typed: dict[str, dict[str, str]] = {}  # by the page to which it is posted
        self.here = copy_context()  # the test's database, as the browser calls from another context
        self.context = browser.new_context(
            viewport={"width": WIDTHS[0], "height": HEIGHTS[WIDTHS[0]]}, color_scheme=THEMES[0], bypass_csp=True
        )
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()

    def close(self) -> None:
        self.context.close()

    def turn(self, theme: str, width: int) -> None:
        """The same page by day or by night, on a computer or a phone."""
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})

    def open(self, url: str, typed: dict[str, str] | None = None) -> None:
        """Opens the page, or the one that answers this form data."""
        self.typed = {url: typed} if typed else {}
        self.page.goto(f"{HOST}{url}", wait_until="load")

    def look(self, url: str) -> list[tuple[str, str]]:
        """What axe finds on a page: its rule, and the element's markup."""
        self.open(url)
        return self.judge()

    def judge(self, options: Any = OPTIONS) -> list[tuple[str, str]]:
        """What axe finds on the open page."""
        if not self.page.evaluate("() => 'axe' in window"):
            script = Axe().axe_script
            self.page.evaluate(script)
            self.context.add_init_script(script)  # kept for the next pages: it is half a megabyte
        found = [*self.page.evaluate(JUDGE, options), *self.page.evaluate(SQUEEZED)]
        return [(rule, " ".join(element.split())[:LONGEST]) for rule, element in found]

    def _answer(self, route: Any) -> None:
        url = route.request.url
        path = url.removeprefix(HOST)
        if route.request.method != "GET" or path == url:
            route.abort()
        elif path.startswith(settings.STATIC_URL):
            self._file(route, urlsplit(path).path.removeprefix(settings.STATIC_URL))
        else:
            typed = self.typed.get(path)
            answer = self.here.run(self.client.post, path, typed) if typed else self.here.run(self.client.get, path)
            headers = {name: value for name, value in answer.items() if name != "Set-Cookie"}
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            route.fulfill(status=answer.status_code, headers=headers, body=body)

    def _file(self, route: Any, name: str) -> None:
        found = finders.find(name)
        if found is None:
            route.fulfill(status=404, body="")
            return
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route.fulfill(status=200, body=Path(found).read_bytes(), content_type=kind)
