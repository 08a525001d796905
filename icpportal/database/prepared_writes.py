"""Statements that write and are repeated all the time, compiled once a process."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Generic

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import DeleteQuery, UpdateQuery
from django.db.transaction import mark_for_rollback_on_error
from django.db.utils import DEFAULT_DB_ALIAS

from icpportal.database.prepared import Row, Shape
from icpportal.database.statements import (
    Statement,
    Value,
    cursor_for,
    is_compiled_for,
    places_of,
    sample_of,
    with_constants,
)

Columns = Mapping[str, object]  # values to write, by the name of their field


class _CompiledWrite(Generic[Row]):
    """A statement of one shape for the rows of a query, which is built as for `CompiledQuery`.

    Of `SeveralTexts` it is built each time as well.
    """

    def __init__(self, build: Callable[..., QuerySet[Row, Any]], **parameters: Field) -> None:
        self._build, self._parameters = build, parameters
        self._samples = {name: sample_of(field, place) for place, (name, field) in enumerate(parameters.items())}
        self._compiled: dict[tuple[str, ...], Statement] = {}

    def _ready(
        self, connection: BaseDatabaseWrapper, written: tuple[str, ...], values: Mapping[str, Value]
    ) -> tuple[str, list[Any]]:
        """The statement that writes into these columns, and what it compares with these values."""
        if not is_compiled_for(values.values()):
            sql, given = self._compile(values)
            return self._with_columns(connection, sql, written), given
        sql, fixed, places = self._statement(connection, written)
        given = list(fixed)
        for place, name in places.items():
            given[place] = self._parameters[name].get_db_prep_value(values[name], connection)
        return sql, given

    def _statement(self, connection: BaseDatabaseWrapper, written: tuple[str, ...]) -> Statement:
        known = (connection.vendor, *written)
        if known not in self._compiled:
            sql, given = self._compile(self._samples)
            adapted = {
                name: self._parameters[name].get_db_prep_value(sample, connection)
                for name, sample in self._samples.items()
            }
            places = places_of(given, adapted)
            if connection.vendor == "postgresql":
                sql, given, places = with_constants(sql, given, places, connection)
            self._compiled[known] = self._with_columns(connection, sql, written), given, places
        return self._compiled[known]

    def _compile(self, values: Mapping[str, Value]) -> tuple[str, list[Any]]:
        raise NotImplementedError

    def _with_columns(self, connection: BaseDatabaseWrapper, sql: str, written: tuple[str, ...]) -> str:  # noqa: ARG002
        return sql

    def _written(self, connection: BaseDatabaseWrapper, sql: str, given: list[Any], values: Mapping[str, Value]) -> int:
        """Runs the statement; returns how many rows it wrote."""
        cursor_of_write = cursor_for(connection, values.values(), has_fixed_columns=True)
        with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor_of_write as cursor:
            cursor.execute(sql, given)
            return int(cursor.rowcount)


class CompiledUpdate(_CompiledWrite[Row]):
    """An UPDATE: `same` are the columns that each run writes alike, and each run may add columns with plain values.

    The columns that runs add come first in the statement.
    """

    def __init__(self, build: Callable[..., QuerySet[Row, Any]], same: Columns, **parameters: Field) -> None:
        super().__init__(build, **parameters)
        self._same = same
        self._returned: dict[str, tuple[str, Shape]] = {}

    def run(self, written: Columns = MappingProxyType({}), **values: Value) -> int:
        """Writes into all rows of the query for these values; returns how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, given = self._ready(connection, tuple(written), values)
        return self._written(connection, sql, self._plain(connection, written) + given, values)

    def first(self, written: Columns = MappingProxyType({}), **values: Value) -> Row | None:
        """The row as it was just written, for a query that finds at most one; None when it found none."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, given = self._ready(connection, tuple(written), values)
        columns, shape = self._columns(connection)
        with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor_for(connection, values.values()) as cursor:
            cursor.execute(f"{sql} RETURNING {columns}", self._plain(connection, written) + given)
            found = cursor.fetchone()
        return None if found is None else shape.row(self._model, found, connection)

    @cached_property
    def _model(self) -> type[Row]:
        return self._build(**self._samples).model

    def _columns(self, connection: BaseDatabaseWrapper) -> tuple[str, Shape]:
        if connection.vendor not in self._returned:
            columns = [str(field.column) for field in self._model._meta.concrete_fields]
            names = ", ".join(map(connection.ops.quote_name, columns))
            self._returned[connection.vendor] = names, Shape(self._model, columns, connection)
        return self._returned[connection.vendor]

    def _plain(self, connection: BaseDatabaseWrapper, written: Columns) -> list[Any]:
        fields: Any = self._model._meta
        return [fields.get_field(name).get_db_prep_save(value, connection) for name, value in written.items()]

    def _compile(self, values: Mapping[str, Value]) -> tuple[str, list[Any]]:
        query: Any = self._build(**values).query.chain(UpdateQuery)
        query.add_update_values(dict(self._same))
        sql, given = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, list(given)

    def _with_columns(self, connection: BaseDatabaseWrapper, sql: str, written: tuple[str, ...]) -> str:
        fields: Any = self._model._meta
        columns = (connection.ops.quote_name(fields.get_field(name).column) for name in written)
        added = "".join(f"{column} = %s, " for column in columns)
        return sql.replace(" SET ", f" SET {added}", 1)


class CompiledDelete(_CompiledWrite[Row]):
    """A DELETE in one statement, for rows to which no others refer."""

    def run(self, **values: Value) -> int:
        """Deletes the rows of the query for these values; returns how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        return self._written(connection, *self._ready(connection, (), values), values)

    def _compile(self, values: Mapping[str, Value]) -> tuple[str, list[Any]]:
        sql, given = self._build(**values).query.chain(DeleteQuery).get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, list(given)


def insert_whole(rows: Sequence[Model]) -> None:
    """Inserts rows of one model in one statement, with all their columns, as `save(force_insert=True)` writes them.

    Afterwards the rows have the keys that the database made; either all have a key before, or none.
    """
    _insert(rows)


def insert_unless_there(row: Model) -> bool:
    """The same of one row; returns False where another has its place by any unique constraint.

    That is no error, so that one statement outside a transaction is enough, and within one no savepoint is needed.
    """
    return bool(_insert([row], " ON CONFLICT DO NOTHING"))


def _insert(rows: Sequence[Model], on_conflict: str = "") -> list[tuple[Any, ...]]:
    """Inserts the rows and tells them so; returns what the statement returned of each."""
    connection = connections[DEFAULT_DB_ALIAS]
    has_keys = rows[0].pk is not None
    sql, fields, returns = _insertion(connection.vendor, type(rows[0]), len(rows), has_keys=has_keys)
    given = [field.get_db_prep_save(_value(row, field), connection) for row in rows for field in fields]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor_for(connection, has_fixed_columns=True) as cursor:
        cursor.execute(f"{sql}{on_conflict} RETURNING {returns}", given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    for row, (key,) in zip(rows, found, strict=False):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # else a later save would insert it again
        if not has_keys:
            row.pk = key
    return found


def _value(row: Model, field: Any) -> object:
    """What to write into this column; the row is told what the database would have written by default."""
    value: object = field.pre_save(row, add=True)
    if isinstance(value, DatabaseDefault):
        value = field.db_default
        setattr(row, field.attname, value)
    return value


@cache
def _insertion(vendor: str, model: type[Model], rows: int, *, has_keys: bool) -> tuple[str, list[Any], str]:
    """The INSERT of so many rows, its columns, and what it returns of each: the key that the database makes, or 1."""
    connection, key = connections[DEFAULT_DB_ALIAS], model._meta.pk
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if has_keys or field is not key]
    names = ", ".join(quote(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    values = ", ".join([one] * rows)
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {values}"  # noqa: S608
    if has_keys:
        return sql, fields, "1"
    cast = f"::{key.rel_db_type(connection)}" if vendor == "postgresql" else ""  # a migration leaves the type as it is
    return sql, fields, f"{quote(str(key.column))}{cast}"
