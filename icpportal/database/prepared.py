"""Queries that every page asks, compiled once a process: putting one together costs Django more than asking it does."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.db import connections
from django.db.models import CharField, DateTimeField, Field, Model, QuerySet, UUIDField
from django.db.utils import DEFAULT_DB_ALIAS

Row = TypeVar("Row", bound=Model)
Value = str | uuid.UUID | datetime
_SAMPLES: dict[type[Field], Callable[[int], Value]] = {
    UUIDField: lambda place: uuid.UUID(int=2**127 + place),
    CharField: lambda place: f"stands for what is asked {place}",
    DateTimeField: lambda place: datetime(1971, 1, 1, microsecond=place + 1, tzinfo=UTC),
}


class Prepared(Generic[Row]):
    """A query of one shape: `Prepared(build, pk=UUIDField())` is put together by `build(pk=…)` once, then only asked.

    Each parameter names the kind of its values, and `build` has to compare every one of them as it is. `within` is a
    statement around the query, which stands where it says `{query}`; its own `%s` come after those of the query and
    take the parameters named in `last`, in order.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Row]], within: str = "", last: Sequence[str] = (), **parameters: Field
    ) -> None:
        self._build, self._parameters = build, parameters
        self._within, self._last = within, last
        self._compiled: dict[str, tuple[type[Row], str, list[object], dict[int, str]]] = {}

    def first(self, **values: Value) -> Row | None:
        """The first row for these values, with what the query annotates; None when there is none."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        model, sql, fixed, places = self._compiled[connection.vendor]
        given = list(fixed)
        for place, name in places.items():
            given[place] = self._parameters[name].get_db_prep_value(values[name], connection)
        return next(iter(model._default_manager.raw(sql, given)), None)

    def _compile(self) -> tuple[type[Row], str, list[object], dict[int, str]]:
        """The statement, its parameters, and at which places the values belong."""
        connection = connections[DEFAULT_DB_ALIAS]
        samples = {name: _sample(field, place) for place, (name, field) in enumerate(self._parameters.items())}
        query = self._build(**samples)
        sql, given = query.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        adapted = {
            name: self._parameters[name].get_db_prep_value(sample, connection) for name, sample in samples.items()
        }
        if self._within:
            sql, given = self._within.format(query=sql), (*given, *(adapted[name] for name in self._last))
        places = {
            place: name for place, value in enumerate(given) for name, sample in adapted.items() if value == sample
        }
        if missing := set(samples) - set(places.values()):
            raise ValueError(f"the query does not compare {', '.join(sorted(missing))} as it is")
        return query.model, sql, list(given), places


def _sample(field: Field, place: int) -> Value:
    return next(make(place) for kind, make in _SAMPLES.items() if isinstance(field, kind))
