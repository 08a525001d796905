"""Walks the portal: opens a page, follows each link on it once, and presses each button once with nothing filled in."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from django import shortcuts
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import etree

HOST = "http://testserver"
HOPS = 9
TYPED = ("text", "email", "password", "search", "tel", "url", "number")
ALIKE = 2
FEW = 3
BY_WORDS = ("notification",)  # the texts differ between messages
BY_PART = {"admin:transfers_order_more": "ask"}  # the same page for each order, opened at one of its parts
PASSING = ("messages", "csrftoken")
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
DRAFTS = '"drafts_pagedraft"'  # what was typed into a refused form: no link leads elsewhere for it
BY_STATE = ("import-page", "claim-page", "service-code", "code-offer", "filing")


class Quiet(Client):
    """A test client that does not keep template contexts: it requests hundreds of pages."""

    def request(self, **request: Any) -> Any:
        answer = self.handler(self._base_environ(**request))
        if answer.cookies:
            self.cookies.update(answer.cookies)
        return answer


@dataclass
class Page:
    """An answer; `url` is the requested one, without the host."""

    url: str
    status: int
    kind: str = ""
    moved_to: str = ""
    body: bytes = b""
    trouble: str = ""  # the exception behind a 500
    _read: Any = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return name_of(self.url)

    @property
    def is_html(self) -> bool:
        return bool(self.body)

    @property
    def tree(self) -> Any:
        """The page, parsed once; with lxml's own elements, as `lxml.html` makes each of them in Python."""
        if self._read is None:
            self._read = etree.fromstring(self.body.decode(), etree.HTMLParser())
        return self._read

    def lead(self, address: str) -> str:
        """The target of an address on this page: a path here, or a full URL on another host."""
        return _resolve("" if address.startswith("/") else self.url, address)


@cache
def _resolve(url: str, address: str) -> str:
    """Cached, as most links lead to the same places from every page; `url` only where it matters."""
    whole = urljoin(f"{HOST}{url}", address.strip())
    return whole.removeprefix(HOST) if whole.startswith(f"{HOST}/") else whole


def name_of(url: str) -> str:
    """The name of an address of ours."""
    return _name(urlsplit(url).path, settings.ROOT_URLCONF)


@cache
def _name(path: str, _urls: str) -> str:
    """Cached: called for every link of a thousand pages, which are a few hundred addresses."""
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return ""


def is_ours(url: str) -> bool:
    return url.startswith("/")


class Walker:
    """One person's walk through the portal, in one language. `about` names the order an address is about.

    Pages that a walker `before` has seen are taken as correct.
    """

    def __init__(self, client: Quiet, about: Callable[[str], str], *, before: "Walker | None" = None) -> None:
        self.client, self.about = client, about
        self.known = before.seen if before else {}
        self.alike: Counter[Any] = before.alike if before else Counter()
        self.decided: dict[str, bool] = before.decided if before else {}
        self.seen: dict[str, Page] = {}
        self.is_as_before = False  # whether a press changed nothing that could lead a link elsewhere

    def begins(self, typed: list[str]) -> list[str]:
        """Which of the typed addresses are opened: all."""
        return typed

    def wants(self, url: str, words: str = "") -> bool:
        """Whether a link is followed: of pages that differ only in their row, a few are enough."""
        name, here = name_of(url), urldefrag(url).url
        asked = parse_qs(urlsplit(here).query).get(BY_PART.get(name, ""), [])
        if here in self.seen or here in self.known:
            return True
        if not asked and (name in BY_STATE or self.about(url)):
            return True
        if here not in self.decided:
            kind = (name, *asked) if asked else (name, words if name in BY_WORDS else "")
            self.alike[kind] += 1
            self.decided[here] = self.alike[kind] <= (1 if asked or name in BY_WORDS else ALIKE)
        return self.decided[here]

    def open(self, url: str, *, anew: bool = False, drawn: bool = True) -> Page:
        """The page at an address, requested once; a fragment is a place on it.

        `anew` ignores what was seen before, unless nothing has changed since; not `drawn` only asks where a page that
        was seen before leads now.
        """
        url = urldefrag(url).url
        before = self.known.get(url)
        is_known = before is not None and before.status < 400
        if before is not None and is_known and (not anew or (self.is_as_before and not drawn)):
            return before
        if url not in self.seen:
            with nullcontext() if drawn or not is_known else _undrawn():
                self.seen[url] = self._ask(url, lambda: self.client.get(url))
        return self.seen[url]

    def arrive(self, url: str, *, anew: bool = False, drawn: bool = True) -> Page:
        """The final page after redirects; `anew` and `drawn` as above."""
        page = self.open(url, anew=anew, drawn=drawn)
        for _hop in range(HOPS):
            if not page.moved_to or not is_ours(page.moved_to):
                break
            page = self.open(page.moved_to, anew=anew, drawn=drawn)
        return page

    @contextmanager
    def press(self, page: Page, form: Any, button: Any) -> Iterator[tuple[Page, "Walker"]]:
        """The page behind a button with nothing filled in, and a walker for it; then everything is rolled back."""
        target = page.lead(form.get("action") or page.url)
        sent = dict(_hidden(form))
        if button is not None and button.get("name"):
            sent[button.get("name")] = button.get("value", "")
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            after = Walker(self.client, self.about, before=self)
            with _changes() as changes:
                answer = self._ask(urldefrag(target).url, lambda: self.client.post(target, sent))
                if answer.moved_to and is_ours(answer.moved_to):
                    answer = after.arrive(answer.moved_to, anew=True)
            after.is_as_before = not changes and _kept(self.client.cookies) == _kept(cookies)
            yield answer, after
            transaction.set_rollback(True)
        self.client.cookies = cookies

    def _ask(self, url: str, ask: Callable[[], Any]) -> Page:
        raised: list[str] = []

        def note(sender: Any, **said: Any) -> None:
            raised.append(repr(sys.exc_info()[1]))

        got_request_exception.connect(note)
        try:
            answer = ask()
        finally:
            got_request_exception.disconnect(note)
        moved = answer.get("Location", "")
        kind = answer.get("Content-Type", "")
        body = answer.content if "html" in kind and not moved and not answer.streaming else b""
        page = Page(url, answer.status_code, kind, body=body, trouble="".join(raised))
        page.moved_to = page.lead(moved) if moved else ""
        return page


def _kept(cookies: Any) -> dict[str, str]:
    """What a browser keeps, without what is shown once, and the token of forms."""
    return {name: each.value for name, each in cookies.items() if name not in PASSING}


@contextmanager
def _changes() -> Iterator[list[str]]:
    """The statements that change the database meanwhile, except those about drafts."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        if not sql.lstrip().startswith(READS) and DRAFTS not in sql:
            found.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(note):
        yield found


@contextmanager
def _undrawn() -> Iterator[None]:
    """The portal's pages are empty meanwhile; what is rendered once and kept, as a head, is rendered as ever."""
    with patch.object(shortcuts, "loader", SimpleNamespace(render_to_string=lambda *given, **named: "")):
        yield


class Hasty(Walker):
    """Opens a few pages of each name, whether typed or linked."""

    def begins(self, typed: list[str]) -> list[str]:
        return [url for url in typed if self.wants(url)]

    def wants(self, url: str, words: str = "") -> bool:
        here = urldefrag(url).url
        if here not in self.decided:
            self.alike[name_of(url)] += 1
            self.decided[here] = self.alike[name_of(url)] <= FEW
        return self.decided[here]


def _hidden(form: Any) -> Iterator[tuple[str, str]]:
    for each in form.iter("input"):
        if each.get("type") == "hidden" and each.get("name"):
            yield each.get("name"), each.get("value", "")


def links(page: Page) -> Iterator[tuple[Any, str]]:
    """The links of a page within the portal, with their targets."""
    for element in page.tree.iter("a"):
        address = element.get("href")
        if address and not address.startswith("#"):
            target = page.lead(address)
            if is_ours(target):
                yield element, target


def questions(page: Page) -> Iterator[tuple[Any, str]]:
    """The GET forms of a page, with their targets."""
    for form in page.tree.iter("form"):
        target = page.lead(form.get("action") or page.url)
        if form.get("method", "get").lower() == "get" and is_ours(target):
            yield form, target


def buttons(page: Page) -> Iterator[tuple[Any, Any]]:
    """Every POST form, with each of its buttons."""
    for form in page.tree.iter("form"):
        if form.get("method", "get").lower() == "post":
            found = [each for each in form.iter("button") if each.get("type", "submit") == "submit"]
            found += [each for each in form.iter("input") if each.get("type") == "submit"]
            is_typed = any(each.get("type", "text") in TYPED for each in form.iter("input"))  # then Enter submits it
            yield from ((form, button) for button in found or ([None] if is_typed else []))
