"""A body too long for its address is refused by its headers, for everybody, and none of it is read."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from icpportal.fields.client import MARK
from tests.icpportal.accounts.pages import words

MEGABYTE = 1024 * 1024
SIGN_IN, CLAIM = "/account/login/", "/import/claim/C1/"
FORM, FILE = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


class Untouched:
    """A body that must not be read."""

    def read(self, *_size):
        raise AssertionError("the body was read")

    readline = read


class Empty:
    """A client that announces more than it sends."""

    asked = False

    def read(self, *_size):
        self.asked = True
        return b""

    readline = read


def post(address, *, body=None, kind=FORM, language="en", **headers):
    told = {"wsgi.input": body or Untouched(), "CONTENT_TYPE": kind, **headers}
    return Client(raise_request_exception=False).post(address, headers={"accept-language": language}, **told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "kind", "length"),
    [
        (SIGN_IN, FORM, 10 * 1024 * MEGABYTE),
        (SIGN_IN, FORM, MEGABYTE + 1),
        (SIGN_IN, FILE, MEGABYTE + 1),
        ("/nowhere/", FILE, 9 * MEGABYTE + 1),
        ("/admin/login/", FILE, 2 * MEGABYTE),
        (CLAIM, FILE, 9 * MEGABYTE + 1),
    ],
)
def test_a_body_announced_as_too_long_gets_a_page_that_says_so_unread(address, kind, length):
    answer = post(address, kind=kind, CONTENT_LENGTH=str(length))

    assert answer.status_code == 413
    assert "A picture can be up to 8 MB" in words(answer)
    assert f'href="{address}">Back to the page' in answer.content.decode(), "there a smaller one is chosen"
    assert answer["X-Request-ID"]


@pytest.mark.django_db
def test_chunked_bodies_are_refused_unread_in_the_language_of_the_browser():
    answer = post(SIGN_IN, kind=FILE, language="zh-hans", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")

    assert (answer.status_code, "内容过大，无法接收" in words(answer)) == (413, True)


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "length"), [(SIGN_IN, MEGABYTE), (CLAIM, 9 * MEGABYTE)])
def test_up_to_the_limit_of_its_address_a_body_is_read(address, length):
    body = Empty()

    answer = post(address, body=body, kind=FILE, CONTENT_LENGTH=str(length))

    assert (answer.status_code == 413, body.asked) == (False, True)


def _views(resolver, before=""):
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from _views(found, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern), found


def test_only_four_pages_accept_a_file():
    taking = {found.name for _route, found in _views(get_resolver()) if getattr(found.callback, MARK, False)}

    assert taking == {"slot", "photo", "by-phone", "claim-page"}
