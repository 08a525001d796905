"""The frame of the account pages: the landscape before sign-in, the other pages after it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from icpportal.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole_portal(settings: Any, lin: User) -> None:
    settings.ROOT_URLCONF = "icpportal.urls"


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_a_visitor_sees_one_sheet_with_its_heading_beside_the_landscape(client: Client, name: str) -> None:
    tree = html.fromstring(client.get(reverse(name)).content.decode())

    assert len(tree.xpath("//main/section[contains(@class, 'sheet')]//h1")) == 1
    assert len(tree.xpath("//main/section[contains(@class, 'sheet')]//form[@id='page-form']")) == 1
    assert len(tree.xpath("//main/aside//*[contains(@class, 'landscape')]")) == 1


def test_sign_in_says_that_this_is_not_the_ministrys_site(client: Client) -> None:
    page = client.get(reverse("account_login"), headers={"accept-language": "en"}).content.decode()

    assert "This is not the ministry's site. Do not enter the filing password here." in page


@pytest.mark.parametrize("name", ["account", "notifications", "message-settings", "mfa_index", "usersessions_list"])
def test_each_account_page_links_to_the_others_and_marks_itself(client: Client, lin: User, name: str) -> None:
    client.force_login(lin)

    tree = html.fromstring(client.get(reverse(name)).content.decode())

    places = tree.xpath("//nav[contains(@class, 'contents')]//a")
    assert len(places) == 6
    assert [place.get("href") for place in places if place.get("aria-current")] == [reverse(name)]
