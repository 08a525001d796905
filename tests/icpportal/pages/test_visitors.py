"""Public pages are the same for all visitors and cached for a minute; private ones never are."""

import pytest
from django.conf import settings as portal_settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import html

from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db
PUBLIC = ("start", "help", "rules", "privacy", "terms")
EN = {"accept-language": "en"}


@pytest.fixture
def visitor() -> Client:
    """A client whose posts are checked like a browser's."""
    return Client(enforce_csrf_checks=True)


def may_be_kept(answer: HttpResponse) -> bool:
    said = answer.get("Cache-Control", "")
    return "max-age=" in said and "no-store" not in said


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_sets_no_cookie_and_may_be_cached_for_a_while(visitor: Client, name: str) -> None:
    answer = visitor.get(reverse(name))

    assert may_be_kept(answer)
    assert not answer.cookies
    assert {"Cookie", "Accept-Language"} <= set(answer["Vary"].replace(",", " ").split())


@pytest.mark.parametrize("name", PUBLIC)
def test_an_unchanged_page_is_not_sent_again(visitor: Client, name: str) -> None:
    first = visitor.get(reverse(name), headers={**EN, "accept-encoding": "gzip"})

    again = visitor.get(reverse(name), headers={**EN, "if-none-match": first["ETag"]})
    in_chinese = visitor.get(reverse(name), headers={"accept-language": "zh", "if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert in_chinese.status_code == 200


@pytest.mark.parametrize("name", PUBLIC)
def test_a_signed_in_reader_gets_their_own_page(visitor: Client, name: str) -> None:
    kept = visitor.get(reverse(name), headers=EN)
    visitor.force_login(make_user())

    answer = visitor.get(reverse(name), headers={**EN, "if-none-match": kept["ETag"]})

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not may_be_kept(answer)


@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_a_page_with_a_form_to_post_is_not_shared(visitor: Client, name: str) -> None:
    answer = visitor.get(reverse(name))

    assert portal_settings.CSRF_COOKIE_NAME in answer.cookies
    assert not may_be_kept(answer)


def test_a_page_that_knows_what_a_visitor_began_is_not_cached(visitor: Client) -> None:
    visitor.cookies["visitor"] = "somebody"

    assert not may_be_kept(visitor.get("/"))


@pytest.mark.parametrize(("press", "value", "shows"), [
    ("language", "en", '<html lang="en"'), ("theme", "dark", 'data-theme="dark"'),
])  # fmt: skip
def test_a_visitor_switches_language_and_theme_by_the_buttons_of_the_page(
    visitor: Client, press: str, value: str, shows: str
) -> None:
    page = html.fromstring(visitor.get("/help/", headers={"accept-language": "zh"}).content)
    (form,) = page.xpath(f"//header//form[@class='{press}']")

    answer = visitor.post(form.action, {**dict(form.form_values()), press: value}, follow=True)

    assert answer.redirect_chain == [("/help/", 302)]
    assert shows in answer.content.decode()


@pytest.mark.parametrize("press", ["language", "theme"])
def test_for_an_account_or_with_typed_text_a_switch_requires_the_token(visitor: Client, press: str) -> None:
    page = html.fromstring(visitor.get(reverse("account_signup")).content)
    (form,) = page.xpath("//form[@id='page-form']")
    typed = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}

    of_a_visitor = visitor.post(f"/{press}/", {**typed, press: "en"})
    visitor.force_login(make_user())
    of_an_account = visitor.post(f"/{press}/", {press: "en"})

    assert (of_a_visitor.status_code, of_an_account.status_code) == (403, 403)
