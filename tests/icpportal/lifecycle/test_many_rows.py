"""Many rows in one statement: only those unchanged since they were read, each with its own values; returns which."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from icpportal.lifecycle.many_rows import Change, insert, update_unchanged
from icpportal.outbox.models import Message
from icpportal.privacy.fields import sealed_for

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def messages(number: int) -> list[Message]:
    return [Message.objects.create(key=f"m:{n}", channel="site", payload={"n": n}, next_at=NOW) for n in range(number)]


def change(message: Message, *, attempts: int = 0, **to: Any) -> Change:
    return Change(pk=message.pk, seen={"attempts": attempts, "state": "waiting"}, to=to)


def test_each_row_gets_its_own_values() -> None:
    rows = messages(3)
    moments = [NOW + timedelta(minutes=n) for n in range(3)]

    changes = [change(row, next_at=moments[n], receipt=f"'r{n}'") for n, row in enumerate(rows)]
    written = update_unchanged(Message, changes)

    assert written == {row.pk for row in rows}
    assert [*Message.objects.order_by("key").values_list("next_at", "receipt")] == [
        (at, f"'r{n}'") for n, at in enumerate(moments)
    ]


@pytest.mark.parametrize("value", [None, NOW])
def test_the_values_for_all_rows_may_be_empty(value: Any) -> None:
    rows = messages(2)

    update_unchanged(Message, [change(row, next_at=value) for row in rows])

    assert {*Message.objects.values_list("next_at", flat=True)} == {value}


def test_a_row_changed_since_stays_and_is_not_returned() -> None:
    changed, same = messages(2)
    Message.objects.filter(pk=changed.pk).update(attempts=1)

    written = update_unchanged(Message, [change(row, attempts=0, last_error="no") for row in (changed, same)])

    assert written == {same.pk}
    assert [*Message.objects.order_by("key").values_list("last_error", flat=True)] == ["", "no"]


def test_without_changes_no_query_is_made(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert (update_unchanged(Message, []), insert(Message, [], {})) == (set(), [])


def test_on_postgresql_it_is_one_statement_however_many_rows(django_assert_num_queries: Any) -> None:
    rows = messages(50)

    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 50 + 2):  # in one transaction
        update_unchanged(Message, [change(row, last_error="no") for row in rows])


def one(key: str, **more: Any) -> dict[str, Any]:
    pk = uuid4()
    return {"id": pk, "key": key, "payload": sealed_for(Message, "payload", pk, {"says": key}), **more}


def test_rows_are_inserted_with_defaults_and_read_like_any_other() -> None:
    keys = insert(Message, [one("a"), one("b")], {"channel": "site", "next_at": NOW})

    found = [Message.objects.get(pk=key) for key in keys]
    usual = Message(channel="site", next_at=NOW)
    assert [(row.key, row.payload) for row in found] == [("a", {"says": "a"}), ("b", {"says": "b"})]
    for field in Message._meta.concrete_fields:
        if field.name not in ("id", "key", "payload", "created_at"):
            assert [getattr(row, field.attname) for row in found] == [getattr(usual, field.attname)] * 2, field.name


def test_a_row_with_an_existing_key_stays_unchanged() -> None:
    insert(Message, [one("a", receipt="first")], {"channel": "site"})

    insert(Message, [one("a", receipt="second"), one("b", receipt="")], {"channel": "site"}, ignore_conflicts=True)

    assert [*Message.objects.order_by("key").values_list("key", "receipt")] == [("a", "first"), ("b", "")]


@pytest.mark.services
def test_text_that_is_too_long_is_refused_and_not_truncated() -> None:
    (row,) = messages(1)

    with pytest.raises(DataError, match="too long"):
        update_unchanged(Message, [change(row, state="w" * 11)])


def test_after_an_error_that_is_caught_the_rest_of_its_transaction_is_not_written_either() -> None:
    (row,) = messages(1)

    with transaction.atomic():
        with suppress(IntegrityError):
            insert(Message, [one(row.key)], {"channel": "site"})
        with pytest.raises(TransactionManagementError):
            Message.objects.filter(pk=row.pk).update(receipt="later")
