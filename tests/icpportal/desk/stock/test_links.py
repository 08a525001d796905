"""A row of the review desk links to pages its reader may open, and shows the rest as text."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.transfers.builders import make_reviewer, make_user, sign_in
from tests.transfers.onfile import make_filed, subject_of

pytestmark = pytest.mark.django_db


def page_of(client: Client, reader: Any, subject: Any) -> str:
    """The subject's row as shown to this reader."""
    answer = sign_in(client, reader).get(reverse("admin:filings_subject_change", args=[subject.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_without_access_to_accounts_the_owner_is_text(client: Client) -> None:
    owner = make_user("lin@example.com")
    subject = subject_of(make_filed(owner, with_papers=False))

    page = page_of(client, make_reviewer(), subject)

    assert str(owner) in page
    assert reverse("admin:accounts_user_change", args=[owner.pk]) not in page


def test_with_access_to_accounts_the_owner_is_a_link(client: Client) -> None:
    owner = make_user("lin@example.com")
    subject = subject_of(make_filed(owner, with_papers=False))
    reader = make_reviewer()
    reader.user_permissions.add(Permission.objects.get(codename="view_user"))

    page = page_of(client, reader, subject)

    assert reverse("admin:accounts_user_change", args=[owner.pk]) in page
