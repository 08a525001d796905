"""A session is read with its account in one query, and ends at once when it is ended."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import signing
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.accounts.sign_in.backend import AccountBackend
from icpportal.accounts.sign_in.sessions import SessionStore
from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> tuple[Client, User]:
    user = make_user("one@example.com", mobile="13700000001")
    client.force_login(user)
    # like a sign-in by the page, which lists the session
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="192.0.2.7")
    return client, user


def store_of(client: Client) -> SessionStore:
    return SessionStore(client.session.session_key)


def test_an_anonymous_session_is_read_too() -> None:
    store = SessionStore()
    store["who"] = "one"
    store.create()

    assert SessionStore(store.session_key)["who"] == "one"


@pytest.mark.parametrize("signs_in", [True, False])
def test_an_expired_or_ended_session_belongs_to_nobody(signed_in: tuple[Client, User], signs_in: bool) -> None:
    store = store_of(signed_in[0]) if signs_in else SessionStore()
    store["who"] = "one"
    store.save()
    key = store.session_key

    assert SessionStore(key)["who"] == "one"
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("who") is None
    Session.objects.all().delete()
    assert SessionStore(key).get("who") is None


def test_the_signature_of_an_unchanged_session_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, checked = SessionStore(), []
    store["domains"] = ["one.cn"]
    store.create()
    plain = signing.loads
    monkeypatch.setattr(signing, "loads", lambda *given, **options: checked.append(1) or plain(*given, **options))

    SessionStore(store.session_key)["domains"].append("changed by a request that does not save it")
    again = SessionStore(store.session_key)

    assert (again["domains"], len(checked)) == (["one.cn"], 1)
    again["domains"] = ["two.cn"]
    again.save()
    assert (SessionStore(store.session_key)["domains"], len(checked)) == (["two.cn"], 2)


def test_a_session_that_is_not_signed_by_us_is_empty() -> None:
    store = SessionStore()
    store["who"] = "one"
    store.create()
    Session.objects.update(session_data=Concat("session_data", Value("x")))

    assert SessionStore(store.session_key).get("who") is None


def test_an_unlisted_session_is_read_and_its_account_queried_separately(client: Client) -> None:
    user = make_user("one@example.com", mobile="13700000001")
    client.force_login(user)

    assert client.get("/account/").status_code == 200


def test_the_account_comes_with_its_session(signed_in: tuple[Client, User], django_assert_num_queries) -> None:
    client, user = signed_in
    store = store_of(client)

    with django_assert_num_queries(1):
        store.load()
        found = AccountBackend().get_user(user.pk)

    assert found == user


def test_what_was_read_with_a_session_is_used_once_and_only_for_its_account(signed_in: tuple[Client, User]) -> None:
    client, user = signed_in
    other = make_user("two@example.com", mobile="13700000002")
    store_of(client).load()

    assert AccountBackend().get_user(other.pk) == other
    User.objects.filter(pk=user.pk).update(name="Changed")
    assert AccountBackend().get_user(user.pk).name == "Changed"


def test_what_was_read_with_a_session_is_dropped_after_its_request(signed_in: tuple[Client, User]) -> None:
    client, user = signed_in
    store_of(client).load()
    User.objects.filter(pk=user.pk).update(name="Changed")

    Client().get("/help/")

    assert AccountBackend().get_user(user.pk).name == "Changed"


def test_a_closed_account_is_signed_out_at_once(signed_in: tuple[Client, User]) -> None:
    client, user = signed_in
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get("/account/").status_code == 302


def test_a_session_with_an_old_password_belongs_to_nobody(signed_in: tuple[Client, User]) -> None:
    client, user = signed_in
    user.set_password("a different one 17")
    user.save()

    assert client.get("/account/").status_code == 302
