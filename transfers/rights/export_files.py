"""Stores copies of people's data in sealed parts of limited size, so that no file of them ever exists in clear.

They have their own storage: the round that compares files with rows of documents does not look there.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.gateways import storage
from transfers.rights.models import DataExport
from verification import file_names

PART = 4 * 1024 * 1024  # bytes of a part, and of the copy held in memory


class Overtaken(Exception):
    """Another worker has the job, or it is no longer wanted."""


class Parts(io.RawIOBase):
    """A writable file that stores sealed parts; `entered` records their number after each."""

    def __init__(self, name: str, entered: Callable[[int, int], bool]) -> None:
        super().__init__()
        self.name, self.number, self.size = name, 0, 0
        self._entered, self._rest = entered, bytearray()
        self._is_broken = False

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Takes all of it; raises `Overtaken` when this worker has lost the copy."""
        if self._is_broken:  # a failing ZIP still writes its end
            return len(data)
        self._rest += data
        while len(self._rest) >= PART:
            self._keep(bytes(self._rest[:PART]))
            del self._rest[:PART]
        return len(data)

    def finish(self) -> None:
        """Stores the rest."""
        if self._rest:
            self._keep(bytes(self._rest))
            self._rest.clear()

    def _keep(self, content: bytes) -> None:
        name, self._is_broken = part_name(self.name, self.number), True
        storage.keep(storage.EXPORTS, name, content)
        self.number, self.size = self.number + 1, self.size + len(content)
        if not self._entered(self.number, self.size):
            storage.drop(storage.EXPORTS, name)
            raise Overtaken
        self._is_broken = False


def new_name(now: datetime) -> str:
    """The name under which a copy's parts will be stored."""
    return file_names.new_name(now)


def part_name(name: str, number: int) -> str:
    return f"{name}.{number}"


def content(export: DataExport) -> Iterator[bytes]:
    """Yields the copy on a page, one part in memory at a time.

    Raises `Missing`; if the first part is gone, before it yields anything.
    """
    names = [part_name(export.stored_name, number) for number in range(export.parts)]
    first = storage.read(storage.EXPORTS, names[0], on_page=True)
    return _chain(first, names[1:])


def _chain(first: bytes, names: list[str]) -> Iterator[bytes]:
    yield first
    for name in names:
        yield storage.read(storage.EXPORTS, name, on_page=True)


def drop(export: DataExport) -> None:
    """Deletes its parts with their keys; raises `StorageDown`, and then the rest can be deleted later.

    A killed worker may have stored one part more than it recorded.
    """
    if export.stored_name:
        for number in range(export.parts + 1):
            storage.drop(storage.EXPORTS, part_name(export.stored_name, number))


def forget(export: DataExport) -> bool:
    """Deletes the copy with its row."""
    drop(export)
    return bool(DataExport.objects.filter(pk=export.pk).delete()[0])


def forget_of(user: User) -> None:
    """Deletes all copies that this account asked for."""
    for export in DataExport.objects.filter(user=user):
        forget(export)


def forget_old(*, after: timedelta, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes expired copies; returns how many."""
    old = over(now or timezone.now(), after)
    if dry_run:
        return old.count()
    return len(rows.each("rights.copies", old, forget).done)


def over(now: datetime, after: timedelta) -> QuerySet[DataExport]:
    """Copies that have expired, and those never finished."""
    return DataExport.objects.filter(Q(ready_at__lte=now - after) | Q(failed_at__lte=now - after)).order_by("asked_at")


def kept_for() -> timedelta:
    """How long a copy can be fetched."""
    return timedelta(days=settings.RETENTION["own_copies"].days)


def taken_by(lease: uuid.UUID, export: DataExport) -> QuerySet[DataExport]:
    """The row, while this worker holds it."""
    return DataExport.objects.filter(pk=export.pk, lease=lease, ready_at=None, failed_at=None)
