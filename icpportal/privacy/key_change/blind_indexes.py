"""Changes the key of blind indexes: all at one moment, so that rows that refer to each other still match.

First the new digest of each index is recorded while the portal works; this can be stopped and continued. Then one
transaction, during which nobody writes, replaces them in every column and records that the new key is in force. What
was written under the old key in that second is replaced by the next pass.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from icpportal.privacy import blind_index
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.models import IndexName, KeyMark

BATCH = 500
Tell = Callable[[str], None]
TO_KEEP = "index"


@dataclass(frozen=True)
class IndexColumn:
    """One column of blind indexes."""

    model: type[Model]
    field: BlindIndexField

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    def rows(self) -> QuerySet:
        return self.model._base_manager.exclude(**{self.field.name: ""})

    def old(self) -> QuerySet:
        """Rows whose index has another digest under the new key."""
        return self.rows().filter(Q(**{f"{self.field.name}__in": IndexName.objects.values("old")}))

    def unnamed_rows(self) -> QuerySet:
        """Rows whose index has no recorded digest under the other key."""
        known = Q(**{f"{self.field.name}__in": IndexName.objects.values("old")})
        return self.rows().exclude(known | Q(**{f"{self.field.name}__in": IndexName.objects.values("new")}))

    def exchange(self) -> int:
        """Replaces the old digests by the new ones."""
        new = IndexName.objects.filter(old=OuterRef(self.field.name)).values("new")[:1]
        return self.old().update(**{self.field.name: Subquery(new)})


def columns() -> Iterator[IndexColumn]:
    """The columns of all apps."""
    for model in apps.get_models():
        if not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, BlindIndexField):
                    yield IndexColumn(model, field)


def recomputable_columns() -> list[IndexColumn]:
    """Columns that can be recomputed from their row."""
    return [column for column in columns() if column.field.of]


def lasting() -> list[IndexColumn]:
    """Columns that do not expire."""
    return [column for column in columns() if column.field.of or column.field.copied]


def name_all(tell: Tell = lambda words: None) -> int:
    """Records every index's digest under the new key; returns for how many rows that is impossible."""
    return sum(_name(column, column.unnamed_rows, tell) for column in recomputable_columns())


def switch(tell: Tell = lambda words: None) -> int:
    """Replaces all indexes at one moment; returns how many. Call `name_all` first, or it takes long."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            tables = sorted({connection.ops.quote_name(column.model._meta.db_table) for column in lasting()})
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '15s'")
                cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        name_all()
        changed = 0
        for column in lasting():
            if number := column.exchange():
                changed += number
                tell(f"{column}: {number}")
        changed += _exchange_lists()
        KeyMark.objects.update_or_create(kind=TO_KEEP, name="", defaults={"token": blind_index.word(0)})
    blind_index.forget()
    return changed


def count_left() -> int:
    """How many rows have an index not made with the new key, as far as can be known."""
    return sum(column.old().count() for column in lasting())


def end() -> None:
    """Deletes the recorded digests."""
    IndexName.objects.all().delete()


def _name(column: IndexColumn, rows: Callable[[], QuerySet], tell: Tell) -> int:
    unknown, after, seen = 0, None, 0
    while batch := list((rows().filter(pk__gt=after) if after else rows()).order_by("pk")[:BATCH]):
        found: dict[str, str] = {}
        for row in batch:
            try:
                indexes = column.field.indexes_of(row)
            except Unreadable:
                indexes = []
            found |= {
                blind_index.under(at, each): blind_index.under(0, each) for each in indexes if each for at in _old()
            }
            unknown += getattr(row, column.field.name) not in [
                name for each in indexes for name in blind_index.names(each)
            ]
        IndexName.objects.bulk_create(
            [IndexName(old=old, new=new) for old, new in found.items()], ignore_conflicts=True
        )
        after, seen = batch[-1].pk, seen + len(batch)
        tell(f"{column}: {seen} named")
    return unknown


def _old() -> Iterable[int]:
    return range(1, len(blind_index.words()))


def _exchange_lists() -> int:
    """Lists of indexes in JSON (`index_lists` of a model); few rows have one."""
    changed = 0
    for model in apps.get_models():
        for name in getattr(model, "index_lists", ()):
            for row in model._base_manager.exclude(**{name: []}):
                listed = getattr(row, name)
                names = dict(IndexName.objects.filter(old__in=listed).values_list("old", "new"))
                if names:
                    fresh = [names.get(each, each) for each in listed]
                    changed += model._base_manager.filter(pk=row.pk).update(**{name: fresh})
    return changed
