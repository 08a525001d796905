"""Updates that are repeated all the time, compiled once a process."""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.transaction import mark_for_rollback_on_error
from django.db.utils import DEFAULT_DB_ALIAS

from icpportal.database.prepared import CompiledWrite, Row, Shape, Value, cursor_for

Columns = Mapping[str, object]  # values to write, by the name of their field


class CompiledUpdate(CompiledWrite[Row]):
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
        return None if found is None else shape.row(found, connection)

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
