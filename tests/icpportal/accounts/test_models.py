from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction

from icpportal.accounts import actions
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Pending, User, mobile_index
from icpportal.accounts.sign_in.backend import AccountBackend
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import work

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def raw(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608 -- names from this file
        return [row[0] for row in cursor.fetchall()]


def test_the_mobile_is_unreadable_in_the_database_and_plain_when_loaded(lin):
    stored = raw("accounts_user", "mobile") + raw("accounts_user", "mobile_index")

    assert not any("13900000001" in value for value in stored)
    assert User.objects.get(pk=lin.pk).mobile == "13900000001"


def test_the_mobile_can_only_be_searched_by_its_index(lin, chen):
    with pytest.raises(FieldError):
        User.objects.filter(mobile="13900000001")

    assert list(User.objects.with_mobile("13900000001")) == [lin]
    assert list(User.objects.with_mobile("")) == []


@pytest.mark.parametrize("save", [lambda user: user.save(), lambda user: user.save(update_fields=["mobile"])])
def test_the_index_follows_the_mobile(lin, save):
    lin.mobile = "13900000009"
    save(lin)

    assert User.objects.get(pk=lin.pk).mobile_index == mobile_index("13900000009")
    assert list(User.objects.with_mobile("13900000001")) == []


def test_two_accounts_cannot_confirm_one_mobile(lin, chen):
    chen.mobile = lin.mobile

    with pytest.raises(IntegrityError), transaction.atomic():
        chen.save()


def test_an_unconfirmed_mobile_belongs_to_nobody(lin):
    other = open_account(email="sun@example.com", password=PASSWORD, mobile=lin.mobile, confirmed=False)

    assert list(User.objects.with_mobile(lin.mobile)) == [lin]
    assert other.mobile_confirmed_at is None


def test_accounts_without_a_mobile_do_not_conflict():
    for name in ("sun", "wu"):
        open_account(email=f"{name}@example.com", password=PASSWORD)

    assert User.objects.filter(mobile_index="").count() == 2


@pytest.mark.parametrize("way", ["create", "update"])
def test_addresses_that_differ_only_in_case_are_one(lin, chen, way):
    ways = {
        "create": lambda: User.objects.create_user("LIN@Example.com", PASSWORD),
        "update": lambda: User.objects.filter(pk=chen.pk).update(email="LIN@example.com"),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        ways[way]()


def test_addresses_are_stored_in_lower_case():
    assert User.objects.create_user("Sun@Example.COM").email == "sun@example.com"
    assert User.objects.get_by_natural_key("SUN@example.com").email == "sun@example.com"


def test_an_account_is_named_without_its_complete_address(lin):
    lin.name = ""
    assert str(lin) == "l***@example.com"
    lin.name = "Lin"
    assert str(lin) == "Lin"
    assert (lin.masked_email, lin.masked_mobile) == ("l***@example.com", "139****0001")


@pytest.mark.parametrize(
    ("address", "mobile", "expected"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_an_account_is_confirmed_when_both_are_proved(address, mobile, expected):
    user = open_account(email="sun@example.com", password=PASSWORD, confirmed=address)
    user.mobile, user.mobile_confirmed_at = ("13900000007", NOW) if mobile else ("", None)
    user.save()

    assert User.objects.get(pk=user.pk).confirmed is expected
    assert AccountBackend().get_user(user.pk).confirmed is expected


def test_a_confirmed_address_does_not_count_for_another_one(lin):
    lin.email = "changed@example.com"
    lin.save()

    assert User.objects.get(pk=lin.pk).email_confirmed is False
    assert AccountBackend().get_user(lin.pk).email_confirmed is False


def test_the_signed_in_user_is_read_with_the_confirmation_in_one_query(lin):
    with work() as asked:
        assert AccountBackend().get_user(lin.pk).confirmed

    assert asked == ["SELECT accounts_user"]


def test_a_closed_account_is_anonymous(lin):
    User.objects.filter(pk=lin.pk).update(is_active=False)

    assert AccountBackend().get_user(lin.pk) is None


def test_pending_changes_are_sealed_to_their_row(lin):
    one = actions.begin(Pending.Kind.MOBILE, destination="13900000009", language="en", user=lin)
    other = actions.begin(Pending.Kind.EMAIL, destination="lin.new@example.com", language="en", user=lin)
    stored = raw("accounts_pending", "destination")

    assert not any("13900000009" in value or "lin.new" in value for value in stored)
    assert (Pending.objects.get(pk=one.pk).destination, Pending.objects.get(pk=other.pk).destination) == (
        "13900000009",
        "lin.new@example.com",
    )
    assert str(one) == f"mobile {one.pk}"


def test_a_newer_change_replaces_the_older_of_its_kind_and_account_only(lin, chen):
    old = actions.begin(Pending.Kind.MOBILE, destination="13900000009", language="en", user=lin)
    chens = actions.begin(Pending.Kind.MOBILE, destination="13900000009", language="en", user=chen)
    new = actions.begin(Pending.Kind.MOBILE, destination="13900000010", language="en", user=lin)

    assert actions.find(Pending.Kind.MOBILE, user=lin) == new
    assert actions.find(Pending.Kind.MOBILE, user=chen) == chens
    assert not Pending.objects.filter(pk=old.pk).exists()


def test_a_row_of_another_kind_is_not_found_by_its_id(lin):
    row = actions.begin(Pending.Kind.RESET, destination=lin.email, language="en")

    assert actions.find(Pending.Kind.SIGN_UP, pk=str(row.pk)) is None
    assert actions.find(Pending.Kind.RESET, pk=str(row.pk)) == row
    assert actions.find(Pending.Kind.RESET, pk="") is None


def test_what_was_never_proved_is_deleted_after_a_day(lin):
    actions.begin(Pending.Kind.RESET, destination=lin.email, language="en", now=NOW)
    kept = actions.begin(Pending.Kind.RESET, destination=lin.email, language="en", now=NOW + timedelta(seconds=1))

    gone = actions.forget_old(now=NOW + timedelta(days=1))

    assert gone == 1
    assert list(Pending.objects.all()) == [kept]


def test_a_superuser_is_staff():
    user = User.objects.create_superuser("root@example.com", PASSWORD)

    assert (user.is_staff, user.is_superuser) == (True, True)
