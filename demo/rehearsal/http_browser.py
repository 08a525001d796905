"""A headless browser: pages and forms parsed by lxml, cookies and uploads sent by requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import requests
from lxml import etree, html

TIMEOUT = 30
EMPTY = "//input[not(@value) and not(@type='checkbox' or @type='radio')]"
BUTTONS = ".//button | .//input[@type='submit']"


class UnexpectedPage(Exception):
    """A page or answer that would stop a person."""


@dataclass(frozen=True)
class Form:
    """One form of a page: its address, its values as loaded, its buttons."""

    action: str
    method: str
    attrs: dict[str, str]
    fields: list[tuple[str, str]]
    names: set[str]
    buttons: list[tuple[str, str]]


@dataclass(frozen=True)
class Element:
    """A tag with its attributes and all text inside."""

    tag: str
    attrs: dict[str, str]
    text: str


class Page:
    """A parsed page: its forms and its elements."""

    def __init__(self, url: str, status: int, text: str) -> None:
        self.url, self.status, self.html = url, status, text
        self._tree = html.document_fromstring(text or "<html></html>")
        for area in self._tree.iter("textarea"):
            area.text = (area.text or "").removeprefix("\n")  # a browser drops it; lxml keeps it
        for field in self._tree.xpath(EMPTY):
            field.set("value", "")  # a browser sends it empty; lxml would omit it
        self.forms = [self._form(each) for each in self._tree.forms]

    def _form(self, form: html.FormElement) -> Form:
        buttons = [(each.get("name", ""), each.get("value", "")) for each in form.xpath(BUTTONS)]
        return Form(
            action=urljoin(self.url, form.get("action", "")),
            method=form.get("method", "get").lower(),
            attrs=dict(form.attrib),
            fields=form.form_values(),
            names={each.get("name", "") for each in form.inputs} | {name for name, _value in buttons},
            buttons=buttons,
        )

    def form(self, *names: str, action: str = "", **attrs: str) -> Form:
        """The form with all these fields (or buttons), whose action ends like this, with these attributes."""
        wanted = {key.replace("_", "-"): value for key, value in attrs.items()}
        for form in self.forms:
            fits = set(names) <= form.names and form.action.endswith(action)
            if fits and all(form.attrs.get(key) == value for key, value in wanted.items()):
                return form
        raise UnexpectedPage(f"no form with {', '.join(names) or action} on {self.url}: {self.trouble()}")

    def find(self, tag: str = "", **attrs: str) -> list[Element]:
        """The elements with these attributes; `data_role="x"` means data-role, `class_="y"` matches one class."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()}
        found = self._tree.iter(tag or etree.Element)
        return [Element(each.tag, dict(each.attrib), each.text_content()) for each in found if _has(each, wanted)]

    def trouble(self) -> str:
        """The errors shown on the page."""
        kinds = ("error-summary", "error", "field-error")
        words = " ".join(each.text for kind in kinds for each in self.find(class_=kind))
        return " ".join(words.split())[:300] or f"HTTP {self.status}"


def _has(element: html.HtmlElement, wanted: dict[str, str]) -> bool:
    return all(
        value in element.get(name, "").split() if name == "class" else element.get(name) == value
        for name, value in wanted.items()
    )


Value = str | int | list[str]  # of a field, or of several with the same name


class Browser:
    """One person's browser: cookies, and the current page."""

    def __init__(self, base_url: str, *, language: str = "en") -> None:
        self.base = base_url.rstrip("/") + "/"
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language
        self.page = Page(self.base, 0, "")

    def get(self, path: str) -> Page:
        """Opens an address."""
        return self._keep(self.session.get(urljoin(self.base, path.lstrip("/")), timeout=TIMEOUT))

    def send(
        self,
        form: Form,
        entries: Mapping[str, Value] | None = None,
        /,
        *,
        button: tuple[str, str] | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
        **values: Value,
    ) -> Page:
        """Fills in a form and presses a button; `entries` and `values` are the values of its fields."""
        values = {**(entries or {}), **values}
        fields: list[tuple[str, str | int]] = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            fields += [(name, each) for each in value] if isinstance(value, list) else [(name, value)]
        if button is not None:
            fields.append(button)
        headers = {"Referer": self.page.url}
        if form.method == "get":
            answer = self.session.get(form.action, params=fields, headers=headers, timeout=TIMEOUT)
        else:
            answer = self.session.post(form.action, data=fields, files=files, headers=headers, timeout=TIMEOUT)
        return self._keep(answer)

    def _keep(self, answer: requests.Response) -> Page:
        kind = answer.headers.get("Content-Type", "")
        self.page = Page(answer.url, answer.status_code, answer.text if "html" in kind else "")
        if answer.status_code >= 500:
            raise UnexpectedPage(f"HTTP {answer.status_code} from {answer.url}")
        return self.page
