"""Keyset pagination: a page continues after the last row's key; nothing is counted, and no page costs more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
NEWEST_FIRST = ("-created_at", "-pk")
PAGE = 20


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and whether there are more after and before it."""

    rows: list[Row]
    has_more: bool
    is_later: bool


def page(rows: QuerySet[Row], order: Sequence[str], mark: Row | None = None, *, size: int = PAGE) -> Page[Row]:
    """The first rows in this `order` (columns, "-" for descending; the last one unique), or those after `mark`."""
    after = rows.filter(_after(mark, order)) if mark is not None else rows
    return page_of(list(with_next(after, order, size=size)), size=size, is_later=mark is not None)


def with_next(rows: QuerySet[Row], order: Sequence[str], *, size: int) -> QuerySet[Row]:
    """The rows of a page and, if there is one, the next."""
    return rows.order_by(*order)[: size + 1]


def page_of(found: list[Row], *, size: int, is_later: bool = False) -> Page[Row]:
    """The page of what `with_next` found."""
    return Page(found[:size], len(found) > size, is_later)


def mark_of(rows: QuerySet[Row], key: str, value: str) -> Row | None:
    """The row after which a page begins; another account's or an invalid one starts from the top."""
    try:
        return rows.filter(**{key: value}).first() if value else None
    except (ValueError, ValidationError):  # not a key
        return None


def _after(mark: Model, order: Iterable[str]) -> Q:
    """Matches rows after `mark`: equal in the columns before, and further in this one."""
    behind, alike = Q(pk__in=[]), Q()
    for name in order:
        column = name.removeprefix("-")
        value = getattr(mark, column)
        behind |= alike & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        alike &= Q(**{column: value})
    return behind
