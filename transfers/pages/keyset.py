"""A list read a page at a time by the key of its last row: nothing is counted, no page costs more than the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE = 20


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, whether more follow, and whether some came before."""

    rows: list[Row]
    has_more: bool
    is_later: bool


def page(rows: QuerySet[Row], order: Sequence[str], mark: Row | None = None, *, size: int = PAGE) -> Page[Row]:
    """The first rows in this `order` (columns, "-" for falling; the last one unique), or those that follow `mark`."""
    found = list((rows.filter(_after(mark, order)) if mark is not None else rows).order_by(*order)[: size + 1])
    return Page(found[:size], len(found) > size, mark is not None)


def _after(mark: Model, order: Iterable[str]) -> Q:
    """What stands behind the row `mark`: alike in the columns before, and further in this one."""
    behind, alike = Q(pk__in=[]), Q()
    for name in order:
        column = name.removeprefix("-")
        value = getattr(mark, column)
        behind |= alike & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        alike &= Q(**{column: value})
    return behind
