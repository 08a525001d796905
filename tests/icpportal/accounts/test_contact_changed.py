"""What a thief would change first is recorded, so that irreversible actions open later."""

from datetime import UTC, datetime

import pytest

from icpportal.accounts import actions
from icpportal.accounts.models import Pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def begin(user, kind, destination):
    return actions.begin(kind, destination=destination, language="en", user=user, now=NOW)


def mark(user):
    user.refresh_from_db()
    return user.contact_changed_at


def test_the_first_mobile_is_not_a_change(lin):
    type(lin).objects.filter(pk=lin.pk).update(mobile="", mobile_index="", mobile_confirmed_at=None)
    lin.refresh_from_db()

    actions.confirm_mobile(begin(lin, Pending.Kind.FIRST_MOBILE, "13900000011"), now=NOW)

    assert mark(lin) is None


def test_another_mobile_is_a_change_and_confirming_the_same_one_is_none(lin, letters):
    actions.confirm_mobile(begin(lin, Pending.Kind.MOBILE, lin.mobile), now=NOW)
    assert (mark(lin), letters) == (None, [])

    actions.confirm_mobile(begin(lin, Pending.Kind.MOBILE, "13900000011"), now=NOW)

    assert mark(lin) == NOW


def test_another_address_is_a_change_and_confirming_the_same_one_is_none(lin):
    actions.confirm_email(begin(lin, Pending.Kind.EMAIL, lin.email))
    assert mark(lin) is None

    actions.confirm_email(begin(lin, Pending.Kind.EMAIL, "other@example.com"))
    assert mark(lin) is not None


def test_a_reset_is_a_change_and_a_new_password_set_with_the_old_one_is_not(lin):
    actions.set_password(lin, "a long enough secret 28")
    assert mark(lin) is None

    actions.finish_reset(lin, "a long enough secret 29")
    assert mark(lin) is not None
