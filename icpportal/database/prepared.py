"""Statements that are repeated all the time, compiled once a process: that costs Django more than running one."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.utils import DEFAULT_DB_ALIAS

from icpportal.database.statements import (
    Value,
    cursor_for,
    is_compiled_for,
    places_of,
    sample_of,
    with_constants,
)

Row = TypeVar("Row", bound=Model)
Compiled = tuple[type[Row], str, list[object], dict[int, str]]


class Shape:
    """Where the fields of a row are in the result of a statement around a query, which to convert how, and the rest.

    Django works this out for every raw query, which takes as long as running it.
    """

    def __init__(self, model: type[Model], columns: list[str], connection: BaseDatabaseWrapper) -> None:
        places = {name: place for place, name in enumerate(columns)}
        fields = [field for field in model._meta.concrete_fields if field.column in places]
        self._names = [field.attname for field in fields]
        self._own = [places.pop(str(field.column)) for field in fields]
        self._annotated = list(places.items())
        self._reads: list[tuple[int, list[Any], Any]] = []
        for place, field in enumerate(fields):
            column = field.get_col(model._meta.db_table)
            if reads := [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
                self._reads.append((place, reads, column))

    def row(self, model: type[Row], found: Sequence[Any], connection: BaseDatabaseWrapper) -> Row:
        values = [found[place] for place in self._own]
        for place, reads, column in self._reads:
            for read in reads:
                values[place] = read(values[place], column, connection)
        instance = model.from_db(DEFAULT_DB_ALIAS, self._names, values)
        for name, place in self._annotated:
            setattr(instance, name, found[place])
        return instance


class RowShape:
    """The same for a query alone: its rows have annotations and `select_related`, as Django's iterator reads them."""

    def __init__(self, compiler: SQLCompiler) -> None:
        info, columns = compiler.klass_info, [each[0] for each in compiler.select]
        self._own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self._annotated = compiler.annotation_col_map or {}
        self._reads = compiler.get_converters(columns)

    def row(self, model: type[Row], found: Sequence[Any], connection: BaseDatabaseWrapper) -> Row:
        values = list(found)
        for place, (reads, column) in self._reads.items():
            for read in reads:
                values[place] = read(values[place], column, connection)
        instance = model.from_db(DEFAULT_DB_ALIAS, self._names, values[self._own])
        for each in self._related:
            each.populate(values, instance)
        for name, place in self._annotated.items():
            setattr(instance, name, values[place])
        return instance


class CompiledQuery(Generic[Row]):
    """A query of one shape: `CompiledQuery(build, pk=UUIDField())` is compiled once from `build(pk=…)`, then only run.

    Each parameter names the field of its values, and `build` must use each value unchanged in a comparison; of
    `SeveralTexts` it is built each time. `within` is a statement around the query, at `{query}`; its own `%s` come
    after those of the query and take the parameters named in `last`, in order.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Row, Any]], within: str = "", last: Sequence[str] = (), **parameters: Field
    ) -> None:
        self._build, self._parameters = build, parameters
        self._within, self._last = within, last
        self._compiled: dict[str, Compiled[Row]] = {}
        self._shapes: dict[str, Shape | RowShape] = {}

    def first(self, **values: Value) -> Row | None:
        """The first row for these values, with annotations; None when there is none."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            model = self._run(cursor, connection, values)
            found = cursor.fetchone()
            if found is None:
                return None
            shape = self._shape_of(cursor, connection, model)
        return shape.row(model, found, connection)

    def all(self, **values: Value) -> list[Row]:
        """All rows for these values, with annotations."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            model = self._run(cursor, connection, values)
            shape = self._shape_of(cursor, connection, model)
            return [shape.row(model, found, connection) for found in cursor.fetchall()]

    def texts(self, **values: Value) -> list[tuple[Any, ...]]:
        """All rows of a query for columns of text or numbers, as the database returns them."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            self._run(cursor, connection, values)
            return list(cursor.fetchall())

    def _shape_of(self, cursor: Any, connection: BaseDatabaseWrapper, model: type[Row]) -> Shape | RowShape:
        if connection.vendor not in self._shapes:
            columns = [column[0] for column in cursor.description]
            self._shapes[connection.vendor] = Shape(model, columns, connection)
        return self._shapes[connection.vendor]

    def _run(self, cursor: Any, connection: BaseDatabaseWrapper, values: dict[str, Value]) -> type[Row]:
        model, sql, fixed, places = self._known(connection.vendor)
        if not is_compiled_for(values.values()):
            cursor.execute(*self._built(connection, self._build(**values).query.get_compiler(DEFAULT_DB_ALIAS), values))
            return model
        given: list[Any] = list(fixed)
        ready = self._adapted(connection, values)
        for place, name in places.items():
            given[place] = ready[name]
        cursor.execute(sql, given)
        return model

    def _known(self, vendor: str) -> Compiled[Row]:
        if vendor not in self._compiled:
            self._compiled[vendor] = self._compile()
        return self._compiled[vendor]

    def _compile(self) -> Compiled[Row]:
        """The SQL, its parameters, and the positions of the values."""
        connection = connections[DEFAULT_DB_ALIAS]
        samples = {name: sample_of(field, place) for place, (name, field) in enumerate(self._parameters.items())}
        query = self._build(**samples)
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, given = self._built(connection, compiler, samples)
        if compiler.klass_info and not self._within:
            self._shapes[connection.vendor] = RowShape(compiler)
        places = places_of(given, self._adapted(connection, samples))
        if connection.vendor == "postgresql":
            return query.model, *with_constants(sql, given, places, connection)
        return query.model, sql, list(given), places

    def _built(
        self, connection: BaseDatabaseWrapper, compiler: SQLCompiler, values: dict[str, Value]
    ) -> tuple[str, tuple[object, ...]]:
        """The SQL for these values and its parameters, with the statement around it."""
        sql, given = compiler.as_sql()
        if not self._within:
            return sql, tuple(given)
        adapted = self._adapted(connection, values)
        return self._within.format(query=sql), (*given, *(adapted[name] for name in self._last))

    def _adapted(self, connection: BaseDatabaseWrapper, values: dict[str, Value]) -> dict[str, Any]:
        return {name: self._parameters[name].get_db_prep_value(value, connection) for name, value in values.items()}
