"""A page as a browser draws it, without a server: what the browser asks for is answered by a test client."""

import mimetypes
from contextvars import copy_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.walk.walker import HOST

# all of axe's rules and the one about small targets, which it keeps for those who ask (WCAG 2.5.8)
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# of axe's report only what is read here: the whole of a long list's takes playwright a minute to hand over
JUDGE = """options => axe.run(options).then(report =>
    report.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html])))"""

LONGEST = 200


class Eyes:
    """One role's browser, in a light room."""

    def __init__(self, browser: Any, client: Any) -> None:
        self.client = client
        self.here = copy_context()  # the database is that of the test, and the browser calls from elsewhere
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme="light", bypass_csp=True
        )
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()

    def close(self) -> None:
        self.context.close()

    def look(self, url: str) -> list[tuple[str, str]]:
        """What axe finds on a page: its rule, and the element as it stands there."""
        self.page.goto(f"{HOST}{url}", wait_until="load")
        self.page.evaluate(Axe().axe_script)
        return [(rule, " ".join(element.split())[:LONGEST]) for rule, element in self.page.evaluate(JUDGE, OPTIONS)]

    def _answer(self, route: Any) -> None:
        url = route.request.url
        path = url.removeprefix(HOST)
        if route.request.method != "GET" or path == url:
            route.abort()
        elif path.startswith(settings.STATIC_URL):
            self._file(route, urlsplit(path).path.removeprefix(settings.STATIC_URL))
        else:
            answer = self.here.run(self.client.get, path)
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
