"""What is kept of people who are not signed in has a bound: nobody fills the database with refused forms."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from icpportal.drafts.models import PageDraft

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
NAMELESS = {"login": "nobody", "password": ""}


@pytest.fixture(autouse=True)
def two_an_hour(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "visitor_drafts": (2, 3600)}


def refused(client: Client) -> HttpResponse:
    return client.post(reverse("account_login"), NAMELESS, headers=EN)


def test_so_many_pages_of_one_address_are_kept_and_the_next_visitor_reads_the_errors_at_once() -> None:
    answers = [refused(Client()) for _ in range(4)]

    pages = [answer.content.decode() for answer in answers]
    assert PageDraft.objects.count() == 2
    assert [('value="nobody"' in page, 'id="error-summary' in page) for page in pages] == [(True, True)] * 4


def test_one_visitor_is_refused_as_often_as_before_for_it_is_one_page(client: Client) -> None:
    assert {refused(client).status_code for _ in range(4)} == {200}
    assert PageDraft.objects.count() == 1


def test_what_a_visitor_types_is_not_kept_beyond_it_and_the_page_is_told(client: Client) -> None:
    refused(Client()), refused(Client())
    mark = client.get(reverse("account_signup")).context["page_draft"].mark

    assert client.post(reverse("page-draft"), {"page_draft": mark, "email": "lin@example.com"}).status_code == 429
    assert PageDraft.objects.count() == 2
