"""Light or dark: one word in a cookie."""

import pytest
from django.test import Client, RequestFactory

from icpportal.pages.theme import chosen_theme
from tests.transfers.builders import make_user

pytestmark = pytest.mark.urls("tests.icpportal.look_urls")


@pytest.fixture
def reader():
    return Client()


def html_tag(response):
    body = response.content.decode()
    return body[body.index("<html") : body.index(">", body.index("<html")) + 1]


def test_a_chosen_theme_is_stored_in_a_cookie_and_set_on_the_page(reader):
    answer = reader.post("/theme/", {"theme": "dark", "next": "/help/"})
    page = reader.get("/help/")

    cookie = answer.cookies["theme"]
    assert (answer.status_code, answer["Location"]) == (302, "/help/")
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("dark", True, "Lax")
    assert 'data-theme="dark"' in html_tag(page)


def test_following_the_system_clears_the_choice(reader):
    reader.post("/theme/", {"theme": "light", "next": "/help/"})

    reader.post("/theme/", {"theme": "system", "next": "/help/"})
    page = reader.get("/help/")

    assert reader.cookies["theme"].value == ""
    assert "data-theme" not in html_tag(page)


def test_an_unknown_theme_in_a_forged_cookie_is_not_written_into_the_page(reader):
    reader.cookies["theme"] = 'dark" onload="alert(1)'

    page = reader.get("/help/")

    assert "onload" not in html_tag(page)
    assert "data-theme" not in html_tag(page)


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_redirect_never_leads_to_another_site(reader, there):
    answer = reader.post("/theme/", {"theme": "dark", "next": there})

    assert answer["Location"] == "/"


def test_only_a_form_changes_the_theme(reader):
    answer = reader.get("/theme/", {"theme": "dark"})

    assert answer.status_code == 405
    assert "theme" not in answer.cookies


@pytest.mark.django_db
def test_a_forged_form_without_its_token_changes_nothing_for_an_account():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())

    answer = strict.post("/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "theme" not in answer.cookies


def test_without_a_request_there_is_no_choice():
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = "light"

    assert (chosen_theme(None), chosen_theme(request)) == ("", "light")
