"""What compiled statements share: their cursors, the places of their values, and the constants in their texts."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, DateTimeField, Field, IntegerField, UUIDField

Value = str | int | uuid.UUID | datetime
Statement = tuple[str, list[object], dict[int, str]]  # with its parameters, and the positions of those that change
_SAMPLES: dict[type[Field], Callable[[int], Value]] = {
    UUIDField: lambda place: uuid.UUID(int=2**127 + place),
    IntegerField: lambda place: 2**31 - 1 - place,
    CharField: lambda place: f"stands for what is asked {place}",
    DateTimeField: lambda place: datetime(1971, 1, 1, microsecond=place + 1, tzinfo=UTC),
}


class SeveralTexts(str):
    """A text that lookups compare with several, for which no statement can be compiled."""

    __slots__ = ()


def is_compiled_for(values: Iterable[object]) -> bool:
    """Whether a compiled statement can take these values."""
    return not any(isinstance(value, SeveralTexts) for value in values)


def cursor_for(
    connection: BaseDatabaseWrapper, values: Iterable[object] = (), *, has_fixed_columns: bool = False
) -> CursorWrapper:
    """For a compiled statement with these values; SQLite's connection keeps its statements itself."""
    if connection.vendor != "postgresql" or not is_compiled_for(values):
        return connection.cursor()
    found: CursorWrapper = connection.prepared_cursor(has_fixed_columns=has_fixed_columns)  # type: ignore[attr-defined]
    return found


def places_of(given: Sequence[object], adapted: Mapping[str, object]) -> dict[int, str]:
    """The positions of the values among the parameters of a statement, which each must be found as it is."""
    places = {place: name for place, value in enumerate(given) for name, sample in adapted.items() if value == sample}
    if missing := set(adapted) - set(places.values()):
        raise ValueError(f"the query does not compare {', '.join(sorted(missing))} as it is")
    return places


def with_constants(
    sql: str, given: Sequence[object], places: dict[int, str], connection: Any
) -> tuple[str, list[object], dict[int, str]]:
    """The statement with everything in its text that no run changes: a plan for all values needs it for its indexes."""
    parts = ["%s" if place in places else _literal(value, connection) for place, value in enumerate(given)]
    names = [places[place] for place in sorted(places)]
    return sql.replace("%%", "%%%%") % tuple(parts), [None] * len(names), dict(enumerate(names))


def _literal(value: object, connection: Any) -> str:
    text: str = connection.ops.compose_sql("%s", [value])
    return text.replace("%", "%%")


def sample_of(field: Field, place: int) -> Value:
    """A value of this field that stands for those of a run while a statement is compiled."""
    return next(make(place) for kind, make in _SAMPLES.items() if isinstance(field, kind))
