"""A reviewer's steps at the desk, for tests: sign in, open a case, press a button, find every part in order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from demo.rehearsal.http_browser import Form
from demo.rehearsal.http_browser import Page as WebPage
from icpportal.accounts.models import User
from tests.transfers.builders import make_reviewer
from tests.transfers.cancels import prove
from transfers.models import ColleagueNote, Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review.cases.parts.parts import OTHER, parts_of
from transfers.review.cases.parts.photo_rules import rules_for

ALTHOUGH = {"return-although": "on"}


def all_ok(order: Order) -> dict[str, str]:
    """OK for every part, or rule of the photo, that needs a verdict."""
    if is_in(order, Group.PHOTO_IN_REVIEW):
        return {f"verdict.{rule.part}": "ok" for rule in rules_for(order)}
    return {f"verdict.{part}": "ok" for part in parts_of(order) if part != OTHER}


def read(order: Order) -> Order:
    """The order as stored."""
    return Order.objects.get(pk=order.pk)


def english(client: Client, user: User) -> Client:
    """The client, just signed in, in English."""
    client.cookies["django_language"] = "en"
    user.language = "en"
    user.save(update_fields=["language"])
    return prove(client, user)


def make_named(name: str, make: Callable[..., User] = make_reviewer) -> User:
    """A member of the desk with a name, in English."""
    user = make(language="en")
    User.objects.filter(pk=user.pk).update(name=name)
    return User.objects.get(pk=user.pk)


def page(client: Client, address: str) -> str:
    """The text of a page, redirects followed."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def case_of(order: Order, page: str = "case") -> str:
    """The address of a case, or of another of its pages."""
    return reverse(f"admin:transfers_order_{page}", args=[order.pk])


def open_unmasked(client: Client, order: Order, page: str = "case") -> HttpResponse:
    """An unmasked page of a case: a reader who does not have it gives a reason."""
    answer = client.get(case_of(order, page))
    if b"look-words" not in answer.content:
        return answer
    press(client, order, "look", **{"look-words": "the customer called"})
    return client.get(case_of(order, page))


def press(client: Client, order: Order, move: str, **typed: str) -> HttpResponse:
    """Presses a button of the case, with the form of the current page."""
    return client.post(case_of(order), {"move": move, "seen": read(order).version, **typed})


def answer(client: Client, order: Order, question: ColleagueNote, words: str) -> HttpResponse:
    """Answers a colleague's question to this reader."""
    return press(client, order, f"answer:{question.pk}", **{f"answer-words.{question.pk}": words})


def fill_in(client: Client, order: Order, button: str, typed: dict[str, str]) -> HttpResponse:
    """Fills in the page of all other actions and presses a button: as in a browser, its other values are sent too."""
    form = next(each for each in more_forms(client, order) if ("move", button) in each.buttons)
    filled = {name: text for name, text in typed.items() if name in form.names}
    return client.post(case_of(order), {**dict(form.fields), **filled, "move": button})


def more_forms(client: Client, order: Order) -> list[Form]:
    """The forms of the page of all other actions, as they are now."""
    return WebPage(case_of(order), 200, open_unmasked(client, order, "more").content.decode()).forms


@contextmanager
def window(browser: Browser, base: str, user: User, **options: Any) -> Iterator[Page]:
    """A window of this user's, in English; fails if the browser reports an error."""
    client = prove(Client(), user)
    session = settings.SESSION_COOKIE_NAME
    cookies = {"django_language": "en", session: client.cookies[session].value}
    context = browser.new_context(**options)
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.set_default_timeout(10_000)
    page.base, page.complaints = base, complaints  # type: ignore[attr-defined]
    yield page
    context.close()
    assert complaints == [], complaints
