"""What each role may do at the desk is what docs/rights.md says, address by address and action by action."""

from http import HTTPStatus
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import reverse

from icpportal.admin_site import ReviewDesk
from icpportal.pages import errors
from tests.walk import rights, world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are not rendered: only who may open them is tested, not their look."""

    def bare(request: HttpRequest, status: HTTPStatus, **facts: Any) -> HttpResponse:  # noqa: ARG001 -- as it is called
        return HttpResponse(status=status.value)

    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda self: ""))
    monkeypatch.setattr(errors, "page", bare)
    monkeypatch.setattr(ReviewDesk, "each_context", lambda site, request: {})


def test_every_address_and_action_of_the_desk_answers_each_role_as_the_document_says(made: world.World) -> None:
    found: dict[str, dict[str, str]] = {}
    for role in rights.STAFF:
        desk = rights.Desk(made, role)
        for name, url, typed in rights.questions(made, role):
            found.setdefault(name, {})[role] = desk.may(url, **typed)

    if rights.WRITES:
        rights.write(found)
    assert rights.documented_rights() == found, (
        "see docs/rights.md: RIGHTS=write writes its rows, and you read what changed"
    )


def test_no_address_of_the_desk_exists_for_strangers_not_even_of_an_order_of_theirs(made: world.World) -> None:
    for role in rights.STRANGERS:
        desk = rights.Desk(made, role)
        for name, url, typed in rights.questions(made, role):
            for method in ("get", "post"):
                answer = desk.ask(method, url, **typed)
                asked = f"{role} {method} {name}"
                if role == world.VISITOR:
                    assert answer.status_code == 302, asked
                    assert answer.headers["Location"].startswith("/account/login/"), asked
                else:
                    assert answer.status_code == 404 or name in ("login", "logout"), asked


def test_no_list_accepts_undeclared_lookups_from_anybody(made: world.World) -> None:
    for role in rights.STAFF:
        desk = rights.Desk(made, role)
        for model in admin.site._registry:
            name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
            for forged in rights.FORGED if name not in rights.NOT_DJANGOS else ():
                answer = desk.ask("get", f"{reverse(f'admin:{name}')}?{forged}")
                # a page in place of a list redirects, whatever the query
                assert answer.status_code in (302, 400, 403), f"{role} {name} {forged}: {answer.status_code}"
