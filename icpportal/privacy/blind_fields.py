"""Columns of blind indexes: during a change of the key, values are found under every key."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.lookups import Exact, In
from django.utils.module_loading import import_string

from icpportal.privacy.blind_index import Index, names


class BlindIndexField(models.CharField):
    """A column for `blind_index`. `of` names the function that recomputes it from the row, where possible.

    It may return several: indexes of other values of the row that rows elsewhere copy (`copied` there). Columns with
    neither are of codes, links and counters, which expire.
    """

    def __init__(self, *args: Any, of: str = "", copied: bool = False, **options: Any) -> None:
        self.of, self.copied = of, copied
        options.setdefault("max_length", 64)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """For the database it is an ordinary text column."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def indexes_of(self, row: models.Model) -> list[str]:
        """The indexes of this row's values; may raise `Unreadable`."""
        found = import_string(self.of)(row)
        return [found] if isinstance(found, str) else list(found)


@BlindIndexField.register_lookup
class ExactIndex(Exact):
    """`=`, or `IN` while there are several keys."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if isinstance(self.rhs, Index):
            return In(self.lhs, names(self.rhs)).as_sql(compiler, connection)
        return super().as_sql(compiler, connection)


@BlindIndexField.register_lookup
class InIndexes(In):
    """`IN` with each value under every key."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if isinstance(rhs, Iterable) and not hasattr(rhs, "resolve_expression"):
            rhs = [name for each in rhs for name in (names(each) if isinstance(each, str) else [each])]
        super().__init__(lhs, rhs)
