"""A query compiled once returns the rows for the current parameters each time."""

import uuid

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import CharField, Exists, Model, OuterRef, UUIDField
from django.db.models.signals import post_init, pre_init

from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from tests.transfers.builders import make_order, make_reviewer, make_user
from transfers.models import Order

pytestmark = pytest.mark.django_db


def test_it_finds_the_row_for_its_parameters_each_time():
    users = [make_user(f"{name}@example.com", mobile=f"1370000000{name}") for name in (1, 2)]
    account = CompiledQuery(
        lambda pk, email: User.objects.filter(pk=pk, email=email), pk=UUIDField(), email=CharField()
    )

    assert [account.first(pk=user.pk, email=user.email) for user in users] == users
    assert account.first(pk=users[0].pk, email=users[1].email) is None
    assert account.first(pk=uuid.uuid4(), email=users[0].email) is None


def test_its_rows_equal_djangos_with_annotations_and_deferred_columns():
    user = make_user("one@example.com", mobile="13700000001")
    users = User.objects.annotate(has_sessions=Exists(Session.objects.filter(pk=OuterRef("email")))).defer("language")
    account = CompiledQuery(lambda pk: users.filter(pk=pk), pk=UUIDField())

    for _time in range(2):  # the second time from the cache
        found, wanted = account.first(pk=user.pk), users.get(pk=user.pk)
        assert {**vars(found), "_state": None} == {**vars(wanted), "_state": None}
        assert (found._state.db, found._state.adding) == ("default", False)
        assert found.get_deferred_fields() == wanted.get_deferred_fields() == {"language"}


def test_its_rows_have_their_related_rows_as_djangos():
    """Of two tables with columns of the same names, and of one that may have no row."""
    reviewer = make_reviewer()
    orders = [make_order(), make_order(reviewer=reviewer)]
    joined = Order.objects.select_related("owner", "reviewer").annotate(is_ours=Exists(User.objects.none()))
    case = CompiledQuery(lambda pk: joined.filter(pk=pk), pk=UUIDField())

    for order in (*orders, *orders):
        found, wanted = case.first(pk=order.pk), joined.get(pk=order.pk)
        for name in ("owner", "reviewer"):
            mine, theirs = (each._state.fields_cache[name] for each in (found, wanted))
            assert mine == theirs
            assert mine is None or {**vars(mine), "_state": None} == {**vars(theirs), "_state": None}
        assert {**vars(found), "_state": None} == {**vars(wanted), "_state": None}
        assert (found._state.db, found._state.adding) == ("default", False)
    assert case.first(pk=uuid.uuid4()) is None


def test_no_model_makes_its_rows_in_a_way_of_its_own_and_nothing_waits_for_their_signals() -> None:
    own = [
        model
        for model in apps.get_models()
        if model.__init__ is not Model.__init__ or model.from_db.__func__ is not Model.from_db.__func__
    ]

    assert (own, pre_init.receivers, post_init.receivers) == ([], [], [])


def test_texts_are_those_of_all_rows():
    users = [make_user(f"{name}@example.com", language=name) for name in ("en", "zh-hans")]
    texts = CompiledQuery(
        lambda pk: User.objects.exclude(pk=pk).order_by("email").values_list("email", "language"), pk=UUIDField()
    )

    assert texts.texts(pk=users[0].pk) == [("zh-hans@example.com", "zh-hans")]
    assert texts.texts(pk=uuid.uuid4()) == [("en@example.com", "en"), ("zh-hans@example.com", "zh-hans")]


def test_a_parameter_that_is_transformed_before_comparison_is_refused():
    lost = CompiledQuery(lambda email: User.objects.filter(email__icontains=email), email=CharField())

    with pytest.raises(ValueError, match="email"):
        lost.first(email="one@example.com")


def test_parameters_can_have_any_characters():
    account = CompiledQuery(lambda email: User.objects.filter(email=email), email=CharField())

    assert account.first(email="%s ' \" ; -- %(email)s") is None


def test_all_rows_equal_djangos_with_their_related_rows_and_in_their_order():
    reviewer = make_reviewer()
    owners = [make_user(f"{name}@example.com", mobile=f"1370000000{name}") for name in (1, 2)]
    for owner in (owners[0], owners[1], owners[0]):
        make_order(owner, reviewer=reviewer if owner == owners[1] else None)
    joined = Order.objects.select_related("reviewer").order_by("-created_at")
    orders = CompiledQuery(lambda owner: joined.filter(owner=owner), owner=UUIDField())
    plain = CompiledQuery(lambda owner: Order.objects.filter(owner=owner).order_by("-created_at"), owner=UUIDField())

    for query in (orders, plain, orders, plain):
        for owner in owners:
            found, wanted = query.all(owner=owner.pk), list(joined.filter(owner=owner))
            assert [{**vars(each), "_state": None} for each in found] == [
                {**vars(each), "_state": None} for each in wanted
            ]
        assert query.all(owner=uuid.uuid4()) == []
    assert [order._state.fields_cache["reviewer"] for order in orders.all(owner=owners[1].pk)] == [reviewer]
