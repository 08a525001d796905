"""Encrypted fields: readable from their row, unreadable in the database, not searchable, not movable."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from icpportal.accounts.models import User
from icpportal.privacy.crypto import Unreadable, seal, unseal
from icpportal.privacy.fields import seal_value

pytestmark = pytest.mark.django_db


def make(mobile: str = "13900000001", email: str = "lin@example.com") -> User:
    return User.objects.create_user(email, "correct horse battery", mobile=mobile)


def raw(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mobile FROM accounts_user WHERE email = %s", [user.email])
        return cursor.fetchone()[0]


def test_a_value_reads_back_as_it_was_written() -> None:
    user = make()

    assert User.objects.get(pk=user.pk).mobile == "13900000001"


def test_the_database_never_holds_the_value() -> None:
    user = make()

    assert "13900000001" not in raw(user)
    assert raw(user).startswith("s1:demo:")


def test_the_same_value_is_sealed_differently_each_time() -> None:
    one, two = make(), make(email="chen@example.com")

    assert raw(one) != raw(two)


def test_a_value_copied_to_another_row_does_not_open() -> None:
    one, two = make(), make(mobile="13900000002", email="chen@example.com")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET mobile = %s WHERE email = %s", [raw(one), two.email])

    with pytest.raises(Unreadable):
        _ = User.objects.get(pk=two.pk).mobile


def test_searching_an_encrypted_field_is_refused() -> None:
    with pytest.raises(FieldError):
        User.objects.filter(mobile="13900000001").exists()


def test_update_accepts_only_sealed_values() -> None:
    user = make()
    user.mobile = "13900000009"

    with pytest.raises(FieldError, match=rf"\b{seal_value.__name__}\(instance, 'mobile'\)"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(mobile="13900000009")
    User.objects.filter(pk=user.pk).update(mobile=seal_value(user, "mobile"))

    assert User.objects.get(pk=user.pk).mobile == "13900000009"


def test_a_deferred_field_is_fetched_and_opened() -> None:
    user = make()

    assert User.objects.defer("mobile").get(pk=user.pk).mobile == "13900000001"


def test_empty_text_stays_empty() -> None:
    user = make(mobile="")

    assert raw(user) == ""
    assert User.objects.get(pk=user.pk).mobile == ""


def test_a_new_first_key_encrypts_and_the_old_one_still_decrypts(settings: object) -> None:
    old = settings.PII_KEYS
    user = make()
    settings.PII_KEYS = f"next:{'QUJD' * 10}QUI=,{old}"

    assert User.objects.get(pk=user.pk).mobile == "13900000001"
    assert seal(b"x", bound_to="a").startswith("s1:next:")


def test_an_unknown_key_is_reported_clearly(settings: object) -> None:
    token = seal(b"x", bound_to="a")
    settings.PII_KEYS = f"next:{'QUJD' * 10}QUI="

    with pytest.raises(Unreadable, match="no key named 'demo'"):
        unseal(token, bound_to="a")
