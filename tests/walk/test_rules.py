"""Each rule of the walk finds its defect, and nothing on a correct page."""

from typing import Any

import pytest
from django.urls import path

from tests.walk import rules
from tests.walk.walker import Page, Quiet, Walker

GOOD = (
    '<h1>A page</h1><a class="button" href="/other/">On</a><a class="button button-secondary" href="/other/">Or</a>'
    '<a class="back" href="/">Back</a><p id="part">x</p>'
    '<button form="one" hidden></button><button form="one" formaction="/other/">English</button>'
    '<form id="one" method="post"><input name="a"><button formaction="/other/">Else</button></form>'
    '<form action="/other/"><input type="search" name="q" maxlength="200"><button>Search</button></form>'
)
BROKEN = {
    '<h1>x</h1><a href="">On</a>': "empty address",
    '<h1>x</h1><a href=" ">On</a>': "empty address",
    '<h1>x</h1><a class="button" href="#">On</a>': "empty address",
    '<h1>x</h1><img src="" alt="">': "empty address",
    '<h1>x</h1><form action="" method="post"></form>': "empty address",
    '<h1>x</h1><a href="https://">On</a>': "no address",
    '<h1>x</h1><a href="javascript:go()">On</a>': "no address",
    '<h1>x</h1><a href="#nowhere">On</a>': "no address",
    '<h1>x</h1><form id="one"></form><button form="other">On</button>': "no form",
    '<h1>x</h1><button form="a" formaction="/other/">En</button>'
    '<form id="a" method="post"><input><button>x</button></form>': "enter",
    '<h1>x</h1><form action="/other/"><input type="search" name="q"><button>Search</button></form>': "long question",
    '<h1>x</h1><form action="/other/"><input name="a" maxlength="200"><input name="b" maxlength="200"><button>Search'
    "</button></form>": "long question",
    "<p>x</p>": "main heading",
    "<h1></h1>": "main heading",
    "<h1>x</h1><h1>y</h1>": "main heading",
    '<h1>x</h1><a class="back" href="/page/">Back</a>': "leads back here",
    '<h1>x</h1><a class="button" href="/page/#part">On</a>': "leads back here",
    '<h1>x</h1><a class="button" href="/round/">On</a>': "leads back here",
    '<h1>x</h1><button class="button">Go</button><a class="button button-danger" href="/">On</a>': "primary buttons",
    '<h1>x</h1><input type="submit" class="default"><button class="button default">Go</button>': "primary buttons",
    '<h1>x</h1><a href="/gone/">On</a>': "dead link",
    '<h1>x</h1><a href="/fails/">On</a>': "dead link",
    '<h1>x</h1><form action="/gone/"><button>Search</button></form>': "dead link",
}


def answer(request: Any) -> Any:
    """The answers of these tests' addresses."""
    from django.http import Http404, HttpResponse, HttpResponseRedirect

    if request.path == "/gone/":
        raise Http404
    if request.path == "/round/":
        return HttpResponseRedirect("/page/")
    return HttpResponse("fails", status=500) if request.path == "/fails/" else HttpResponse("<h1>x</h1>")


urlpatterns = [path("", answer), *(path(f"{name}/", answer) for name in ("page", "other", "gone", "round", "fails"))]


def violations_in(body: str) -> list[str]:
    """The rules that a page breaks."""
    page = Page("/page/", 200, body=f"<!doctype html><html><body>{body}</body></html>".encode())
    return [rule for rule, _element in rules.violations(page, Walker(Quiet(), lambda url: ""))]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
@pytest.mark.parametrize("body", BROKEN)
def test_a_page_that_breaks_a_rule_is_found(body: str) -> None:
    assert set(violations_in(body)) == {BROKEN[body]}


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_correct_page_breaks_none() -> None:
    assert violations_in(GOOD) == []


def test_every_rule_can_fail() -> None:
    assert set(BROKEN.values()) == set(rules.RULES)
