"""Keeps lists of the desk as fast with a million rows as with a thousand: limited counts, exact look-ups."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.core.exceptions import FieldError
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils.functional import cached_property

Row = TypeVar("Row", bound=Model)
SURELY = 10  # a table this many times larger than the limit need not be counted
MOST_RELATED = 1_000  # rows of another table used to filter a list


class CappedPaginator(Paginator):
    """Counts no further than anybody pages: later rows are found by searching."""

    most = 1_000

    @cached_property
    def _capped_count(self) -> int:
        found = self.object_list
        if not isinstance(found, QuerySet):
            return len(found)
        if not found.query.where and _surely_more(found.model, self.most):
            return self.most + 1
        return found.order_by()[: self.most + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._capped_count, self.most)

    def page(self, number: int | str) -> Page:
        """The rows of one page. If they join other tables, they are read by key, so that skipped rows join nothing."""
        found = super().page(number)
        every, rows = self.object_list, found.object_list
        if not isinstance(every, QuerySet) or not isinstance(rows, QuerySet):
            return found
        if every.query.select_related and found.start_index() > 1:
            found.object_list = every.filter(pk__in=list(rows.values_list("pk", flat=True)))
        return found

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than counted."""
        return self._capped_count > self.most


def _surely_more(model: type[Model], than: int) -> bool:
    """Whether PostgreSQL's statistics show far more rows: counting even part of a large table reads all over it.

    The number is that of the last ANALYZE; a table never analysed says -1 and is counted.
    """
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        (known,) = cursor.fetchone()
    return bool(known > SURELY * than)


def found_exactly(rows: QuerySet[Row], names: Iterable[str], term: str) -> QuerySet[Row]:
    """The rows with this exact value in one of these columns (`name`, or `report__name` of another table).

    Upper and lower case are tried: Django compares `UPPER(column)`, which no index serves. Matches in another table are
    read first: no index serves a condition on two tables.
    """
    spelled = sorted({term, term.upper(), term.lower()})
    return rows.filter(reduce(or_, (_equal(rows.model, name, spelled) for name in names)))


def _equal(model: type[Model], name: str, spelled: list[str]) -> Q:
    relation, _separator, column = name.partition("__")
    if not column:
        return Q(**{f"{name}__in": spelled})
    related = model._meta.get_field(relation).related_model
    if related is None:
        raise FieldError(f"{name} leads to no table")
    found = related._default_manager.filter(**{f"{column}__in": spelled}).values_list("pk", flat=True)
    return Q(**{f"{relation}__in": list(found[:MOST_RELATED])})
