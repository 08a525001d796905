"""Keyset pagination: a page continues after the last row's key; nothing is counted, and no page costs more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE = 20


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and whether there are more after and before it."""

    rows: list[Row]
    has_more: bool
    is_later: bool


def page(rows: QuerySet[Row], order: Sequence[str], mark: Row | None = None, *, size: int = PAGE) -> Page[Row]:
    """The first rows in this `order` (columns, "-" for descending; the last one unique), or those after `mark`."""
    found = list((rows.filter(_after(mark, order)) if mark is not None else rows).order_by(*order)[: size + 1])
    return Page(found[:size], len(found) > size, mark is not None)


def _after(mark: Model, order: Iterable[str]) -> Q:
    """Matches rows after `mark`: equal in the columns before, and further in this one."""
    behind, alike = Q(pk__in=[]), Q()
    for name in order:
        column = name.removeprefix("-")
        value = getattr(mark, column)
        behind |= alike & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        alike &= Q(**{column: value})
    return behind
