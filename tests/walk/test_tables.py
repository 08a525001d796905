"""A world that is put back equals the one that was built."""

from typing import Any

import pytest
from django.db import connection, transaction

from tests import tables
from tests.walk import world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def stored(made: world.World) -> dict[str, list[Any]]:
    """The rows as the database stores them, whatever Python makes of them."""
    assert made.orders
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            columns = [each.name for each in connection.introspection.get_table_description(cursor, name)]
            wanted = ", ".join(f"quote({connection.ops.quote_name(each)})" for each in columns)
            cursor.execute(f"SELECT {wanted} FROM {name} ORDER BY 1")
            found[name] = cursor.fetchall()
    return found


def test_what_was_changed_and_deleted_is_there_again(made: world.World) -> None:
    built, kept = stored(made), tables.rows_of_all()
    with transaction.atomic():
        for order in made.orders:
            order.events.all().delete()
            type(order).objects.filter(pk=order.pk).update(version=99, due_at=None)
    changed = stored(made)

    tables.put_back(kept)

    assert changed["transfers_order"] != built["transfers_order"]
    assert changed["transfers_orderevent"] == []
    assert stored(made) == built
    connection.check_constraints()
