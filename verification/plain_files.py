"""Seals pictures that an earlier version stored in plain: each gets a new sealed name, and the plain file is deleted.

The rows say which are left, so it can be stopped anywhere and run again, also concurrently. Killed between two steps,
it leaves at most a file without a row, which `reconcile` deletes.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from icpportal.alarms import leases, rows
from icpportal.gateways import storage
from icpportal.privacy.models import FileKey
from verification import file_names
from verification.documents import rounds
from verification.documents.examination import LEASE
from verification.models.documents import Document, DocumentState

BATCH = 200
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Column:
    """Where rows name a file: the place, the column, and the state in which the file is needed."""

    place: str
    name: str
    state: DocumentState

    def replaceable(self) -> QuerySet[Document]:
        """The rows whose file may be replaced now: not while an examination reads it."""
        return Document.objects.filter(leases.is_over("leased_until", LEASE), state=self.state)

    def plain(self) -> QuerySet[Document]:
        """The rows whose file has no key."""
        key = FileKey.objects.filter(place=self.place, name=OuterRef(self.name))
        return Document.objects.filter(~Q(**{self.name: ""}), ~Exists(key), state=self.state)


COLUMNS = (
    Column(storage.QUARANTINE, "quarantine_name", DocumentState.CHECKING),
    Column(storage.DOCUMENTS, "stored_name", DocumentState.READY),
    Column(storage.DOCUMENTS, "preview_name", DocumentState.READY),
)


@dataclass
class Totals:
    """Counts of one run."""

    sealed: int = 0
    changed: int = 0  # replaced, judged or erased in the meantime, or done by another run
    gone: int = 0  # the file is missing
    failed: int = 0  # see the log


def count_plain() -> int:
    """How many needed pictures are still stored in plain."""
    return sum(column.plain().count() for column in COLUMNS)


def seal(tell: Tell = lambda words: None) -> Totals:
    """Seals every plain picture; raises `StorageDown`, and what was done stays done."""
    totals, all_of_them = Totals(), count_plain()
    loop = rows.Loop("files.sealed", passing=(storage.StorageDown,), noted=False)
    for column in COLUMNS:
        for batch in _batches(column):
            for pk, reference, name in batch:
                outcome = loop.attempt(pk, partial(_seal, column, pk, name), reference=reference) or "failed"
                setattr(totals, outcome, getattr(totals, outcome) + 1)
            tell(f"{sum(vars(totals).values())} of {all_of_them}")
    return totals


def _batches(column: Column) -> Iterator[list[tuple[uuid.UUID, str, str]]]:
    plain, after = column.plain().order_by("pk"), Q()
    while batch := list(plain.filter(after).values_list("pk", "reference", column.name)[:BATCH]):
        yield batch
        after = Q(pk__gt=batch[-1][0])


def _seal(column: Column, pk: uuid.UUID, name: str) -> str:
    try:
        content = storage.read(column.place, name)
    except storage.Missing:
        return "gone" if column.plain().filter(pk=pk, **{column.name: name}).exists() else "changed"
    kept_as = storage.keep(column.place, file_names.beside(name), content)
    if storage.read(column.place, kept_as) != content:
        raise storage.StorageDown(column.place)
    if not column.replaceable().filter(pk=pk, **{column.name: name}).update(**{column.name: kept_as}):
        storage.drop(column.place, kept_as)
        return "changed"
    if not rounds.known_names(column.place, [name]):
        storage.drop(column.place, name)
    return "sealed"
