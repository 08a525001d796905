"""Columns of blind indexes: while the key is changed, what is looked for is found under each of its names."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.lookups import Exact, In
from django.utils.module_loading import import_string

from icpportal.privacy.blind_index import Index, names


class BlindIndexField(models.CharField):
    """Text that `blind_index` made. `of` names the function that makes it anew from the row, where that is possible.

    It may give several: those of other values of the row that rows elsewhere keep the index of (`copied` there). Those
    with neither are of codes, links and counters, which run out.
    """

    def __init__(self, *args: Any, of: str = "", copied: bool = False, **options: Any) -> None:
        self.of, self.copied = of, copied
        options.setdefault("max_length", 64)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """To the database it is text like other text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def made(self, row: models.Model) -> list[str]:
        """The indexes of this row's values; may raise `Unreadable`."""
        found = import_string(self.of)(row)
        return [found] if isinstance(found, str) else list(found)


@BlindIndexField.register_lookup
class ExactIndex(Exact):
    """`=`, or `IN` while there are several names."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if isinstance(self.rhs, Index):
            return In(self.lhs, names(self.rhs)).as_sql(compiler, connection)
        return super().as_sql(compiler, connection)


@BlindIndexField.register_lookup
class InIndexes(In):
    """`IN`, with all names of each."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if isinstance(rhs, Iterable) and not hasattr(rhs, "resolve_expression"):
            rhs = [name for each in rhs for name in (names(each) if isinstance(each, str) else [each])]
        super().__init__(lhs, rhs)
