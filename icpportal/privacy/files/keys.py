"""The keys of stored files, each wrapped by the portal's: deleting a key makes every copy of its file unreadable."""

import os
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import CharField, UUIDField

from icpportal.database.prepared import CompiledDelete, CompiledQuery, insert_whole
from icpportal.privacy.crypto import Unreadable, seal, unseal
from icpportal.privacy.models import FileKey

BYTES = 32
KEY = CompiledQuery(lambda pk: FileKey.objects.filter(pk=pk), pk=UUIDField())
OF_FILE = CompiledDelete(
    lambda place, name: FileKey.objects.filter(place=place, name=name), place=CharField(), name=CharField()
)


class Forgotten(LookupError):
    """The file's key was deleted, and with it the file."""


def add(place: str, name: str) -> tuple[FileKey, bytes]:
    """A new key for the file to be stored at `name`."""
    return add_all(place, [name])[0]


def add_all(place: str, names: Iterable[str]) -> list[tuple[FileKey, bytes]]:
    """A new key for each file to be stored at one of `names`, all saved by one statement."""
    made = [_new(place, name) for name in names]
    insert_whole([row for row, _key in made])
    return made


def _new(place: str, name: str) -> tuple[FileKey, bytes]:
    key, row_id = os.urandom(BYTES), uuid.uuid4()
    return FileKey(id=row_id, place=place, name=name, wrapped=seal(key, bound_to=_bound_to(row_id))), key


def find(key_id: uuid.UUID, place: str, name: str) -> bytes:
    """The key of the file at `name`; raises `Forgotten`, or `Unreadable` when it belongs to another file."""
    row = KEY.first(pk=key_id)
    if row is None:
        raise Forgotten(name)
    if (row.place, row.name) != (place, name):
        raise Unreadable("another file lies in the place of a sealed one")
    return unseal(row.wrapped, bound_to=_bound_to(row.pk))


def exist_since(moment: datetime, place: str) -> bool:
    """Whether this place has a key from before `moment`."""
    return FileKey.objects.filter(place=place, created_at__lt=moment).exists()


def forget(place: str, name: str) -> None:
    """Deletes the key of the file at `name`."""
    OF_FILE.run(place=place, name=name)


def destroy(key_ids: Iterable[uuid.UUID]) -> None:
    """Deletes these keys."""
    FileKey.objects.filter(pk__in=list(key_ids)).delete()


def _bound_to(row_id: uuid.UUID) -> str:
    return f"file:{row_id}"
