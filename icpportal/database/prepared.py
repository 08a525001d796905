"""Statements that are repeated all the time, compiled once a process: that costs Django more than running one."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, DateField, DateTimeField, Field, IntegerField, Model, QuerySet, UUIDField
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault
from django.db.models.query import get_related_populators
from django.db.models.sql import DeleteQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import mark_for_rollback_on_error
from django.db.utils import DEFAULT_DB_ALIAS

Row = TypeVar("Row", bound=Model)
Compiled = tuple[type[Row], str, list[object], dict[int, str]]
Value = str | int | uuid.UUID | date | datetime
UNLESS_THERE = " ON CONFLICT DO NOTHING"
_Statement = tuple[str, list[object], dict[int, str]]  # with its parameters, and the positions of those that change
_SAMPLES: dict[type[Field], Callable[[int], Value]] = {
    UUIDField: lambda place: uuid.UUID(int=2**127 + place),
    IntegerField: lambda place: 2**31 - 1 - place,
    CharField: lambda place: f"stands for what is asked {place}",
    DateTimeField: lambda place: datetime(1971, 1, 1, microsecond=place + 1, tzinfo=UTC),
    DateField: lambda place: date(1971, 1, 1) + timedelta(place),
}


class SeveralTexts(str):
    """A text that lookups compare with several, for which no statement can be compiled."""

    __slots__ = ()


class _Maker(Generic[Row]):
    """Makes rows as `Model.from_db` does, without `__init__`, as unpickling does: that takes an eighth of the time.

    For models without an `__init__` of their own; Django's signals about a new row are not sent.
    """

    def __init__(self, model: type[Row]) -> None:
        self.model = model

    def from_db(self, database: str, names: Sequence[str], values: Sequence[Any]) -> Row:
        made = self.model.__new__(self.model)
        made.__dict__.update(zip(names, values, strict=True))  # a deferred column is read when it is asked for
        state = made._state = ModelState()
        state.db, state.adding = database, False
        return made


class Shape:
    """Where the fields of a row are in the result of a statement around a query, which to convert how, and the rest.

    Django works this out for every raw query, which takes as long as running it.
    """

    def __init__(self, model: type[Model], columns: list[str], connection: BaseDatabaseWrapper) -> None:
        places = {name: place for place, name in enumerate(columns)}
        fields = [field for field in model._meta.concrete_fields if field.column in places]
        self._maker = _Maker(model)
        self._names = [field.attname for field in fields]
        self._own = [places.pop(str(field.column)) for field in fields]
        self._annotated = list(places.items())
        self._reads: list[tuple[int, list[Any], Any]] = []
        for place, field in enumerate(fields):
            column = field.get_col(model._meta.db_table)
            if reads := [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
                self._reads.append((place, reads, column))

    def row(self, found: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        values = [found[place] for place in self._own]
        for place, reads, column in self._reads:
            for read in reads:
                values[place] = read(values[place], column, connection)
        instance = self._maker.from_db(DEFAULT_DB_ALIAS, self._names, values)
        for name, place in self._annotated:
            setattr(instance, name, found[place])
        return instance


class _RowShape:
    """The same for a query alone: its rows have annotations and `select_related`, as Django's iterator reads them."""

    def __init__(self, compiler: SQLCompiler) -> None:
        info, columns = compiler.klass_info, [each[0] for each in compiler.select]
        self._own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._maker = _Maker(info["model"])
        self._related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        _make_quickly(self._related)
        self._annotated = compiler.annotation_col_map or {}
        self._reads = compiler.get_converters(columns)

    def row(self, found: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        values = list(found)
        for place, (reads, column) in self._reads.items():
            for read in reads:
                values[place] = read(values[place], column, connection)
        instance = self._maker.from_db(DEFAULT_DB_ALIAS, self._names, values[self._own])
        for each in self._related:
            each.populate(values, instance)
        for name, place in self._annotated.items():
            setattr(instance, name, values[place])
        return instance


def _make_quickly(populators: Iterable[Any]) -> None:
    """Has Django's readers of `select_related` make their rows the same way; of the class they ask only `from_db`."""
    for each in populators:
        each.model_cls = _Maker(each.model_cls)
        _make_quickly(each.related_populators)


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
        self._shapes: dict[str, Shape | _RowShape] = {}

    def first(self, **values: Value) -> Row | None:
        """The first row for these values, with annotations; None when there is none."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            model = self._run(cursor, connection, values)
            found = cursor.fetchone()
            if found is None:
                return None
            shape = self._shape_of(cursor, connection, model)
        row: Row = shape.row(found, connection)
        return row

    def all(self, **values: Value) -> list[Row]:
        """All rows for these values, with annotations."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            model = self._run(cursor, connection, values)
            shape = self._shape_of(cursor, connection, model)
            return [shape.row(found, connection) for found in cursor.fetchall()]

    def texts(self, **values: Value) -> list[tuple[Any, ...]]:
        """All rows of a query for columns of text or numbers, as the database returns them."""
        connection = connections[DEFAULT_DB_ALIAS]
        with cursor_for(connection, values.values()) as cursor:
            self._run(cursor, connection, values)
            return list(cursor.fetchall())

    def _shape_of(self, cursor: Any, connection: BaseDatabaseWrapper, model: type[Row]) -> Shape | _RowShape:
        if connection.vendor not in self._shapes:
            columns = [column[0] for column in cursor.description]
            self._shapes[connection.vendor] = Shape(model, columns, connection)
        return self._shapes[connection.vendor]

    def _run(self, cursor: Any, connection: BaseDatabaseWrapper, values: dict[str, Value]) -> type[Row]:
        model, sql, fixed, places = self._known(connection.vendor)
        if not _is_compiled_for(values.values()):
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
        samples = {name: _sample(field, place) for place, (name, field) in enumerate(self._parameters.items())}
        query = self._build(**samples)
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, given = self._built(connection, compiler, samples)
        if compiler.klass_info and not self._within:
            self._shapes[connection.vendor] = _RowShape(compiler)
        places = _places(given, self._adapted(connection, samples))
        if connection.vendor == "postgresql":
            return query.model, *_with_constants(sql, given, places, connection)
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


def _is_compiled_for(values: Iterable[object]) -> bool:
    """Whether a compiled statement can take these values."""
    return not any(isinstance(value, SeveralTexts) for value in values)


def cursor_for(
    connection: BaseDatabaseWrapper, values: Iterable[object] = (), *, has_fixed_columns: bool = False
) -> CursorWrapper:
    """For a compiled statement with these values; SQLite's connection keeps its statements itself."""
    if connection.vendor != "postgresql" or not _is_compiled_for(values):
        return connection.cursor()
    found: CursorWrapper = connection.prepared_cursor(has_fixed_columns=has_fixed_columns)  # type: ignore[attr-defined]
    return found


def _places(given: Sequence[object], adapted: Mapping[str, object]) -> dict[int, str]:
    """The positions of the values among the parameters of a statement, which each must be found as it is."""
    places = {place: name for place, value in enumerate(given) for name, sample in adapted.items() if value == sample}
    if missing := set(adapted) - set(places.values()):
        raise ValueError(f"the query does not compare {', '.join(sorted(missing))} as it is")
    return places


def _with_constants(
    sql: str, given: Sequence[object], places: dict[int, str], connection: Any
) -> tuple[str, list[object], dict[int, str]]:
    """The statement with everything in its text that no run changes: a plan for all values needs it for its indexes."""
    parts = ["%s" if place in places else _literal(value, connection) for place, value in enumerate(given)]
    names = [places[place] for place in sorted(places)]
    return sql.replace("%%", "%%%%") % tuple(parts), [None] * len(names), dict(enumerate(names))


def _literal(value: object, connection: Any) -> str:
    text: str = connection.ops.compose_sql("%s", [value])
    return text.replace("%", "%%")


def _sample(field: Field, place: int) -> Value:
    """A value of this field that stands for those of a run while a statement is compiled."""
    return next(make(place) for kind, make in _SAMPLES.items() if isinstance(field, kind))


class CompiledWrite(Generic[Row]):
    """A statement of one shape for the rows of a query, which is built as for `CompiledQuery`.

    Of `SeveralTexts` it is built each time as well.
    """

    def __init__(self, build: Callable[..., QuerySet[Row, Any]], **parameters: Field) -> None:
        self._build, self._parameters = build, parameters
        self._samples = {name: _sample(field, place) for place, (name, field) in enumerate(parameters.items())}
        self._compiled: dict[tuple[str, ...], _Statement] = {}

    def _ready(
        self, connection: BaseDatabaseWrapper, written: tuple[str, ...], values: Mapping[str, Value]
    ) -> tuple[str, list[Any]]:
        """The statement that writes into these columns, and what it compares with these values."""
        if not _is_compiled_for(values.values()):
            sql, given = self._compile(values)
            return self._with_columns(connection, sql, written), given
        sql, fixed, places = self._statement(connection, written)
        given = list(fixed)
        for place, name in places.items():
            given[place] = self._parameters[name].get_db_prep_value(values[name], connection)
        return sql, given

    def _statement(self, connection: BaseDatabaseWrapper, written: tuple[str, ...]) -> _Statement:
        known = (connection.vendor, *written)
        if known not in self._compiled:
            sql, given = self._compile(self._samples)
            adapted = {
                name: self._parameters[name].get_db_prep_value(sample, connection)
                for name, sample in self._samples.items()
            }
            places = _places(given, adapted)
            if connection.vendor == "postgresql":
                sql, given, places = _with_constants(sql, given, places, connection)
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


class CompiledDelete(CompiledWrite[Row]):
    """A DELETE in one statement, for rows to which no others refer."""

    def run(self, **values: Value) -> int:
        """Deletes the rows of the query for these values; returns how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        return self._written(connection, *self._ready(connection, (), values), values)

    def _compile(self, values: Mapping[str, Value]) -> tuple[str, list[Any]]:
        sql, given = self._build(**values).query.chain(DeleteQuery).get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, list(given)


def insert_whole(rows: Sequence[Model], *, unless_there: bool = False) -> None:
    """Inserts rows of one model in one statement, with all their columns, as `save(force_insert=True)` writes them.

    Afterwards the rows have the keys that the database made; either all have a key before, or none. Of rows that have
    one, those are left out whose place another has, if they are wanted `unless_there`.
    """
    if rows:
        _insert(rows, UNLESS_THERE if unless_there else "")


def insert_unless_there(row: Model) -> bool:
    """The same of one row; returns False where another has its place by any unique constraint.

    That is no error, so that one statement outside a transaction is enough, and within one no savepoint is needed.
    """
    return bool(_insert([row], UNLESS_THERE))


def _insert(rows: Sequence[Model], on_conflict: str = "") -> list[tuple[Any, ...]]:
    """Inserts the rows; tells them so, unless some were left out; returns what the statement returned of each."""
    connection = connections[DEFAULT_DB_ALIAS]
    has_keys = rows[0].pk is not None
    sql, fields, returns = _insertion(connection.vendor, type(rows[0]), len(rows), has_keys=has_keys)
    given = [field.get_db_prep_save(_value(row, field), connection) for row in rows for field in fields]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor_for(connection, has_fixed_columns=True) as cursor:
        cursor.execute(f"{sql}{on_conflict} RETURNING {returns}", given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    for row, (key,) in zip(rows, found, strict=True) if len(found) == len(rows) else ():
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
