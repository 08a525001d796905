"""The keys of stored files, each wrapped by the portal's: deleting a key makes every copy of its file unreadable."""

import os
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import UUIDField

from icpportal.database.prepared import CompiledQuery
from icpportal.privacy.crypto import Unreadable, seal, unseal
from icpportal.privacy.models import FileKey

BYTES = 32
KEY = CompiledQuery(lambda pk: FileKey.objects.filter(pk=pk), pk=UUIDField())


class Forgotten(LookupError):
    """The file's key was deleted, and with it the file."""


def add(place: str, name: str) -> tuple[FileKey, bytes]:
    """A new key for the file to be stored at `name`."""
    key, row_id = os.urandom(BYTES), uuid.uuid4()
    wrapped = seal(key, bound_to=_bound_to(row_id))
    return FileKey.objects.create(id=row_id, place=place, name=name, wrapped=wrapped), key


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
    FileKey.objects.filter(place=place, name=name).delete()


def destroy(key_ids: Iterable[uuid.UUID]) -> None:
    """Deletes these keys."""
    FileKey.objects.filter(pk__in=list(key_ids)).delete()


def _bound_to(row_id: uuid.UUID) -> str:
    return f"file:{row_id}"
