"""Statements that write rows, compiled once a process: compiling one costs Django more than running it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.sql import DeleteQuery, UpdateQuery
from django.db.utils import DEFAULT_DB_ALIAS

from icpportal.database.prepared import Shape, Value, sample_of
from icpportal.fields.types import Columns

Row = TypeVar("Row", bound=Model)
Statement = tuple[str, list[object], dict[int, str]]  # with its parameters, and the positions of those that change
NOTHING: Columns = {}


class _CompiledWrite(Generic[Row]):
    """A statement of one shape for the rows of a query, which is built as for `CompiledQuery`."""

    def __init__(self, build: Callable[..., QuerySet[Row, Any]], **parameters: Field) -> None:
        self._build, self._parameters = build, parameters
        self._samples = {name: sample_of(field, place) for place, (name, field) in enumerate(parameters.items())}
        self._compiled: dict[tuple[str, ...], Statement] = {}

    def _statement(self, connection: BaseDatabaseWrapper, *names: str) -> Statement:
        """The statement, which differs with the database and with these names."""
        known = (connection.vendor, *names)
        if known not in self._compiled:
            sql, given = self._compile(connection, names)
            adapted = {
                name: self._parameters[name].get_db_prep_value(sample, connection)
                for name, sample in self._samples.items()
            }
            places = {
                place: name for place, value in enumerate(given) for name, sample in adapted.items() if value == sample
            }
            if missing := set(self._samples) - set(places.values()):
                raise ValueError(f"the query does not compare {', '.join(sorted(missing))} as it is")
            self._compiled[known] = sql, given, places
        return self._compiled[known]

    def _compile(self, connection: BaseDatabaseWrapper, names: tuple[str, ...]) -> tuple[str, list[object]]:
        raise NotImplementedError

    def _given(self, connection: BaseDatabaseWrapper, statement: Statement, values: Mapping[str, Value]) -> list[Any]:
        _sql, fixed, places = statement
        given: list[Any] = list(fixed)
        for place, name in places.items():
            given[place] = self._parameters[name].get_db_prep_value(values[name], connection)
        return given


class CompiledUpdate(_CompiledWrite[Row]):
    """An UPDATE: `same` are the columns that each run writes alike, and each run may add columns with plain values.

    The columns that runs add come first in the statement.
    """

    def __init__(self, build: Callable[..., QuerySet[Row, Any]], same: Columns, **parameters: Field) -> None:
        super().__init__(build, **parameters)
        self._same = same
        self._returned: dict[str, tuple[str, Shape]] = {}

    def run(self, written: Columns = NOTHING, **values: Value) -> int:
        """Writes into all rows of the query for these values; returns how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statement(connection, *written)
        with connection.cursor() as cursor:
            cursor.execute(statement[0], self._plain(connection, written) + self._given(connection, statement, values))
            return int(cursor.rowcount)

    def first(self, written: Columns = NOTHING, **values: Value) -> Row | None:
        """The row as it was just written, for a query that finds at most one; None when it found none."""
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statement(connection, *written)
        columns, shape = self._columns(connection)
        with connection.cursor() as cursor:
            given = self._plain(connection, written) + self._given(connection, statement, values)
            cursor.execute(f"{statement[0]} RETURNING {columns}", given)
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

    def _compile(self, connection: BaseDatabaseWrapper, names: tuple[str, ...]) -> tuple[str, list[object]]:
        query: Any = self._build(**self._samples).query.chain(UpdateQuery)
        query.add_update_values(dict(self._same))
        sql, given = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        fields: Any = self._model._meta
        columns = (connection.ops.quote_name(fields.get_field(name).column) for name in names)
        added = "".join(f"{column} = %s, " for column in columns)
        return sql.replace(" SET ", f" SET {added}", 1), list(given)


class CompiledDelete(_CompiledWrite[Row]):
    """A DELETE in one statement, for rows to which no others refer."""

    def run(self, **values: Value) -> int:
        """Deletes the rows of the query for these values; returns how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statement(connection)
        with connection.cursor() as cursor:
            cursor.execute(statement[0], self._given(connection, statement, values))
            return int(cursor.rowcount)

    def _compile(self, connection: BaseDatabaseWrapper, names: tuple[str, ...]) -> tuple[str, list[object]]:  # noqa: ARG002
        sql, given = self._build(**self._samples).query.chain(DeleteQuery).get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, list(given)


def insert_whole(rows: Sequence[Model]) -> None:
    """Inserts rows of one model that have their keys and all their columns, in one statement."""
    connection, model = connections[DEFAULT_DB_ALIAS], type(rows[0])
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    given: list[Any] = [
        field.get_db_prep_save(getattr(row, str(field.attname)), connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}", given)  # noqa: S608
