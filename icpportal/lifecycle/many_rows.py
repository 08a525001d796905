"""Updates and inserts of many rows in one statement, for which Django has nothing that is fast and tells what it did.

`bulk_update` has no condition on the rows, `update` writes the same into all, and neither tells which rows;
`bulk_create` prepares every column of every row. PostgreSQL takes each column as an array, and shared values once, so
that the statement is short for any number of rows. Other databases do row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import mark_for_rollback_on_error

from icpportal.fields.types import Column, Columns, Key

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
TEXT = (models.CharField, models.TextField)  # cast to text: a cast with a length would truncate silently


@dataclass(frozen=True, slots=True)
class Change:
    """The expected values of a row by column, and the new ones."""

    pk: Key
    seen: Columns
    to: Columns


def update_unchanged(model: type[models.Model], changes: Sequence[Change]) -> set[Key]:
    """Writes each change whose row is still as expected; returns their keys.

    All changes name the same columns.
    """
    if not changes:
        return set()
    connection = connections[router.db_for_write(model)]
    if connection.vendor != "postgresql":
        with transaction.atomic(using=connection.alias):
            return {change.pk for change in changes if _one(model, change)}
    arrays, key = _Arrays(connection, model), model._meta.pk
    fields = {field.name: field for field in model._meta.concrete_fields}
    same = [f"{arrays.own(key)} = {arrays.add(key, [change.pk for change in changes], once=False)}"]
    for name in changes[0].seen:
        field = fields[name]
        same.append(f"{arrays.own(field)} = {arrays.add(field, [change.seen[name] for change in changes])}")
    written = []
    for name in changes[0].to:
        value = arrays.add(fields[name], [change.to[name] for change in changes])
        written.append(f"{arrays.column(fields[name])} = {value}")
    return set(
        arrays.run(
            f"UPDATE {arrays.table} SET {', '.join(written)} FROM {arrays.rows()} WHERE {' AND '.join(same)}"  # noqa: S608
            f" RETURNING {arrays.own(key)}"
        )
    )


def _one(model: type[models.Model], change: Change) -> bool:
    return bool(model._default_manager.filter(pk=change.pk, **change.seen).update(**change.to))


def insert(
    model: type[models.Model], rows: Sequence[Columns], same: Columns, *, ignore_conflicts: bool = False
) -> list[Key]:
    """Inserts rows with these columns, `same` values for all, and the model's defaults for the rest.

    References are named by their column, `order_id`. A default is evaluated once for all rows. Returns the keys in the
    order of the rows, unless conflicts are ignored.
    """
    if not rows:
        return []
    connection = connections[router.db_for_write(model)]
    if connection.vendor != "postgresql":
        things = [model(**same, **row) for row in rows]
        created = model._default_manager.bulk_create(things, ignore_conflicts=ignore_conflicts)
        return [thing.pk for thing in created]
    arrays, values = _Arrays(connection, model), dict[str, str]()
    for field in model._meta.concrete_fields:
        if field.attname in rows[0]:
            values[arrays.column(field)] = arrays.add(field, [row[field.attname] for row in rows], once=False)
        elif field.attname in same:
            values[arrays.column(field)] = arrays.add(field, [same[field.attname]])
        elif field.has_default() or not (field.has_db_default() or field.primary_key):
            values[arrays.column(field)] = arrays.add(field, [field.get_default()])
    names = ", ".join(values)
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    # keys are returned in the order of the arrays, as Django's own bulk INSERT assumes
    return arrays.run(
        f"INSERT INTO {arrays.table} ({names}) SELECT {', '.join(values.values())} FROM {arrays.rows()}{conflict}"  # noqa: S608
        f" RETURNING {arrays.own(model._meta.pk)}"
    )


class _Arrays:
    """The values of one statement: an array for each column, or one value shared by all rows."""

    def __init__(self, connection: BaseDatabaseWrapper, model: type[models.Model]) -> None:
        self.connection, self.model = connection, model
        self.table = self.quote(model._meta.db_table)
        self.values: dict[str, Any] = {}  # as the fields have prepared them
        self.types: dict[str, str] = {}  # of the arrays

    def quote(self, name: str) -> str:
        quoted: str = self.connection.ops.quote_name(name)
        return quoted

    def own(self, field: "Field") -> str:
        """The table's own column."""
        return f"{self.table}.{self.column(field)}"

    def column(self, field: "Field") -> str:
        return self.quote(str(field.column))

    def add(self, field: "Field", values: Sequence[Column], *, once: bool = True) -> str:
        """The SQL for a row's value; `once` if one value may serve all rows."""
        name = f"v{len(self.values)}"
        kind = "text" if isinstance(field, TEXT) else str(field.rel_db_type(self.connection))
        prepared = [field.get_db_prep_save(value, self.connection) for value in values]
        if once and all(value == prepared[0] for value in prepared):
            self.values[name] = prepared[0]
            return f"CAST(%({name})s AS {kind})"
        self.values[name], self.types[name] = prepared, kind
        return f"new.{name}"

    def rows(self) -> str:
        """The arrays as a table."""
        arrays = ", ".join(f"CAST(%({name})s AS {kind}[])" for name, kind in self.types.items())
        return f"unnest({arrays}) AS new ({', '.join(self.types)})"

    def run(self, statement: str) -> list[Key]:
        """Runs the statement; returns its keys. After an error nothing more can be written in its transaction."""
        with mark_for_rollback_on_error(self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(statement, self.values)
            return [key for (key,) in cursor.fetchall()]
