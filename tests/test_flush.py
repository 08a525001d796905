"""A test that commits leaves nothing to the next one, and takes nothing from it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from icpportal.accounts.models import User
from tests.transfers.builders import make_order
from transfers.models import Order, ReasonVersion, ReturnReason

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_committed_rows_are_deleted_before_the_next_test(turn: str) -> None:
    """Whichever of the two runs first writes what the other must not find."""
    found = [model.objects.count() for model in (Order, User)], Group.objects.filter(name="of the other").count()
    make_order()
    Group.objects.create(name="of the other")

    assert found == ([0, 0], 0)
    assert all(model.objects.count() for model in (Order, User))


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_the_migrations_wrote_is_there_each_time(turn: str) -> None:
    """Whichever of the two runs first deletes and changes what the other needs."""
    found = Group.objects.count(), ReturnReason.objects.count(), ReturnReason.objects.filter(key="changed").count()
    Group.objects.all().delete()
    ReasonVersion.objects.first().delete()
    ReturnReason.objects.filter(pk=ReturnReason.objects.first().pk).update(key="changed")

    assert found == (5, 33, 0)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_permissions_of_every_model_exist_each_time(turn: str) -> None:
    review = Permission.objects.get(codename="review_order")

    assert review.content_type == ContentType.objects.get_for_model(Order)
    assert Permission.objects.count() > 100
