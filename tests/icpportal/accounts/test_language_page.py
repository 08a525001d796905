"""The language of an account is changed on the account page."""

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from tests.icpportal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(client: Client) -> User:
    user = open_account(email="lin@example.com", password=PASSWORD, mobile="13900000001", language="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def test_the_account_page_links_to_the_change_of_language(client: Client, lin: User) -> None:
    address = reverse("account_language")

    assert f'href="{address}"' in client.get(reverse("account")).content.decode()
    assert 'value="en"' in client.get(address).content.decode()


def test_pages_and_messages_follow_the_new_language_at_once(client: Client, lin: User) -> None:
    page = client.post(reverse("account_language"), {"language": "zh-hans"}, follow=True).content.decode()

    lin.refresh_from_db()
    assert lin.language == "zh-hans"
    assert '<html lang="zh-Hans"' in page
    assert "已保存" in page


def test_a_language_not_offered_changes_nothing(client: Client, lin: User) -> None:
    page = client.post(reverse("account_language"), {"language": "tlh"})

    lin.refresh_from_db()
    assert (page.status_code, lin.language) == (200, "en")
