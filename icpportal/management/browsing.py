"""A browser without a screen: pages, forms, CSRF tokens and uploads over HTTP, as a person's browser sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

VOID = {"input", "img", "br", "hr", "meta", "link", "use", "source", "wbr"}
TIMEOUT = 30


class NotAsItShouldBe(Exception):
    """A page or answer that a person would stop at."""


@dataclass
class Form:
    """One form of a page: where it goes, what it would send untouched, its buttons."""

    action: str
    method: str
    attrs: dict[str, str]
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Element:
    """A tag with its attributes and all text inside it."""

    tag: str
    attrs: dict[str, str]
    text: str = ""


class Page(HTMLParser):
    """A page read once: its forms, and every element with an id, a class or data attributes."""

    def __init__(self, url: str, status: int, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url, self.status, self.html = url, status, html
        self.forms: list[Form] = []
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        element = Element(tag, given)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        if tag == "form":
            self._form = Form(urljoin(self.url, given.get("action", "")), given.get("method", "get").lower(), given)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form, given.get("name", "")
        if form is None:
            return
        form.names.add(name)
        kind = given.get("type", "text")
        if tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and kind in ("radio", "checkbox"):
            if "checked" in given:
                form.fields.append((name, given.get("value", "on")))
        elif tag == "input" and kind != "file" and name:
            form.fields.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._textarea = name

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                closed = self._open[place]
                del self._open[place:]
                break
        else:
            return
        if tag == "textarea" and self._form is not None and self._textarea:
            self._form.fields.append((self._textarea, closed.text.removeprefix("\n")))
            self._textarea = ""
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._form = None

    def form(self, *names: str, action: str = "", **attrs: str) -> Form:
        """The form that has all these fields (or buttons), this end of an action, these attributes."""
        for form in self.forms:
            known = form.names
            data = {key.replace("_", "-"): value for key, value in attrs.items()}
            fits = set(names) <= known and form.action.endswith(action)
            if fits and all(form.attrs.get(key) == value for key, value in data.items()):
                return form
        raise NotAsItShouldBe(f"no form with {', '.join(names) or action} on {self.url}: {self.trouble()}")

    def find(self, tag: str = "", **attrs: str) -> list[Element]:
        """Elements with these attributes; `data_role="x"` asks for data-role, `class_="y"` for one class."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()}
        return [each for each in self.elements if (not tag or each.tag == tag) and _has(each, wanted)]

    def trouble(self) -> str:
        """What the page complains about, for the one who has to mend it."""
        said = [each.text for each in self.find(class_="error")] + [
            each.text for each in self.find(class_="field-error")
        ]
        summary = [each.text for each in self.find(class_="error-summary")]
        words = " ".join(" ".join((*summary, *said)).split())
        return words[:300] or f"HTTP {self.status}"


def _has(element: Element, wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        given = element.attrs.get(name)
        if given is None or (name == "class" and value not in given.split()) or (name != "class" and value != given):
            return False
    return True


class Browser:
    """One person's browser: cookies, the page it is on."""

    def __init__(self, base_url: str, *, language: str = "en") -> None:
        self.base = base_url.rstrip("/") + "/"
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language
        self.page = Page(self.base, 0, "")

    def get(self, path: str) -> Page:
        """Open an address."""
        return self._kept(self.session.get(urljoin(self.base, path.lstrip("/")), timeout=TIMEOUT))

    def send(
        self, form: Form, *, button: tuple[str, str] | None = None, files: dict[str, Any] | None = None, **values: Any
    ) -> Page:
        """Fill in a form and press a button; names with dots or dashes go in `values` as they are."""
        fields = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            fields += [(name, each) for each in value] if isinstance(value, list) else [(name, value)]
        if button is not None:
            fields.append(button)
        headers = {"Referer": self.page.url}
        if form.method == "get":
            answer = self.session.get(form.action, params=fields, headers=headers, timeout=TIMEOUT)
        else:
            answer = self.session.post(form.action, data=fields, files=files, headers=headers, timeout=TIMEOUT)
        return self._kept(answer)

    def _kept(self, answer: requests.Response) -> Page:
        kind = answer.headers.get("Content-Type", "")
        self.page = Page(answer.url, answer.status_code, answer.text if "html" in kind else "")
        if answer.status_code >= 500:
            raise NotAsItShouldBe(f"HTTP {answer.status_code} from {answer.url}")
        return self.page
