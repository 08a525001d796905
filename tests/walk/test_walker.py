"""After a press, a link is asked again unless nothing has changed; each address once."""

from typing import Any

import pytest
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from icpportal.drafts.models import PageDraft
from tests.walk import rules
from tests.walk.walker import Quiet, Walker, buttons

PAGE = '<h1>A page</h1><a class="back" href="/back/">Back</a><a class="button" href="/new/">On</a>'
FORMS = "".join(f'<form method="post" action="/{name}/"><button>x</button></form>' for name in ("refused", "saved"))
asked: list[str] = []


def answer(request: Any) -> HttpResponse:
    """The answers of these tests' addresses: a refused form leaves words and a draft, the other one changes a row."""
    asked.append(f"{request.method} {request.path}")
    if request.path == "/refused/":
        messages.error(request, "Not yet")
        PageDraft.objects.filter(holder="x").delete()
        return HttpResponseRedirect("/form/")
    if request.path == "/saved/":
        Session.objects.create(session_key="x", session_data="", expire_date=timezone.now())
        return HttpResponseRedirect("/form/")
    is_over = request.path == "/back/" and Session.objects.exists()
    return HttpResponseRedirect("/form/") if is_over else HttpResponse(PAGE + FORMS)


urlpatterns = [path(f"{name}/", answer) for name in ("form", "back", "new", "refused", "saved")]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "requests", "found"),
    [
        (0, ["POST /refused/", "GET /form/", "GET /new/"], []),  # what nobody saw before is asked in any case
        (1, ["POST /saved/", "GET /form/", "GET /back/", "GET /new/"], ["leads back here"]),
    ],
)
def test_only_a_press_that_changes_something_is_reason_to_ask_a_link_again(
    number: int, requests: list[str], found: list[str]
) -> None:
    walker = Walker(Quiet(), lambda url: "")
    page = walker.arrive("/form/")
    walker.arrive("/back/")
    form, button = list(buttons(page))[number]
    asked.clear()

    with walker.press(page, form, button) as (reached, after):
        wrong = [rule for rule, _element in rules.violations(reached, after)]

    assert (asked, wrong) == (requests, found)
