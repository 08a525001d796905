"""Loads rows by the million: multiplied by the database, with the indexes built afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Model

from tests.years import multiply


@dataclass(frozen=True)
class Table:
    """A number of copies of `row` whose varying columns are SQL of the number `n`."""

    row: Model
    last: int
    varying: dict[str, str] = field(default_factory=dict)


def multiply_rows(table: Table) -> None:
    if table.last:
        multiply(table.row, 1, table.last, **table.varying)


@contextmanager
def indexes_afterwards() -> Iterator[None]:
    """Drops the indexes without a constraint and rebuilds them at the end, which is several times as fast."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)"
            " FROM pg_index JOIN pg_class ON oid = indexrelid"
            " WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        for _name, definition in found:
            cursor.execute(definition)


def analyse() -> None:
    """Statistics and the visibility map, as after a night of autovacuum."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
