"""Shared by both drills: keys that come and go, and what the database holds then."""

import base64
import os
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection

from icpportal.privacy import blind_index
from icpportal.privacy.crypto import unseal
from icpportal.privacy.key_change import blind_indexes
from icpportal.privacy.key_change.sealed_values import columns
from transfers.models import Order
from transfers.orders.people import indexes_of

OLD, NEW = "demo-only-blind-index-key", "another key of blind indexes"


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def rotate_keys(**options: bool) -> str:
    out = StringIO()
    try:
        call_command("rotate_keys", stdout=out, stderr=StringIO(), **options)
    except SystemExit:
        out.write("exit 1")
    return out.getvalue()


def opened_values() -> dict[str, list[bytes]]:
    """Every sealed value, opened, by column."""
    return {
        str(column): [
            unseal(column.token_of(row), bound_to=column.bound_to_of(row)) for row in column.values().order_by("pk")
        ]
        for column in columns()
    }


def columns_under_key(name: str) -> list[str]:
    """Every column of every table with a value sealed by the key of this name, whether declared or not."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                where = f"CAST({connection.ops.quote_name(column.name)} AS text) LIKE %s"
                cursor.execute(
                    f"SELECT count(*) FROM {connection.ops.quote_name(table)} WHERE {where}", [f"%s1:{name}:%"]
                )
                found += [f"{table}.{column.name}"] * bool(cursor.fetchone()[0])
    return found


def turn(settings: Any) -> None:
    settings.BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY_FALLBACKS = NEW, [OLD]
    blind_index.forget()


def drop(settings: Any) -> None:
    settings.BLIND_INDEX_KEY_FALLBACKS = []
    blind_index.forget()


def fitting() -> set[tuple[str, object]]:
    """Rows whose index matches their values under the current key; some of the world's are invented."""
    return {
        (str(column), row.pk)
        for column in blind_indexes.recomputable_columns()
        for row in column.rows()
        if getattr(row, column.field.name) in column.field.indexes_of(row)
    }


def key_again(order: Order) -> int:
    people = [each for each in indexes_of(order)[1:] if each]
    return Order.objects.filter(pk=order.pk).update(subject_key=indexes_of(order)[0], photo_accepted_for=people[0])
