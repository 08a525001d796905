"""What somebody reads who has just closed their account."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.icpportal.accounts.pages import words
from tests.transfers.builders import make_user
from tests.transfers.cancels import prove_again

pytestmark = pytest.mark.django_db


def test_who_closes_the_account_reads_that_they_did_and_what_follows(client: Client) -> None:
    """The page said that "this account" was closed and to call if that was wrong, as of one that we had closed."""
    user = make_user("gone@example.com")

    shown = prove_again(client, user).post(reverse("data-close"), {"sure": "on"}, follow=True)
    said = words(shown)

    assert "Your account is closed" in said
    assert "You have just closed it" in said
    assert "We are erasing what we hold about you" in said
    assert "We send one last message to the email address of the account" in said
    assert "A website that is on file with us stays on file" in said
    assert "_auth_user_id" not in client.session


def test_the_confirmation_of_a_closure_is_shown_to_nobody_else(client: Client) -> None:
    assert client.get(reverse("data-closed")).url == reverse("account_login")
