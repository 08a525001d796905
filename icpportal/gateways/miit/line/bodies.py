"""Where the sealed bodies of files are: in the database while in use, then in the storage `ministry`.

Documents make them the largest rows by far, and a dump of the database would contain three months of them. A file is
moved once it was accepted, or a download processed; it can be read from either place. Killed between writing the file
and the row, at most a file without a row is left, which the cleanup removes.
"""

import logging
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways import storage
from icpportal.gateways.miit.line.file_encryption import key_ids
from icpportal.gateways.miit.models import STORED, TO_DROP, TO_STORE, InboxFile, InboxState, UploadFile
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.crypto import Unreadable
from icpportal.time_format import to_beijing

logger = logging.getLogger(__name__)

File = UploadFile | InboxFile
PLACE = "ministry"
DOWN = "the storage of the ministry's files does not answer"
AT_ONCE = 100  # files of each kind moved in one run
BUDGET = 20.0  # seconds for one run; the next one does the rest
DONE = (InboxState.PROCESSED, InboxState.PARKED)
STRAY_AFTER = timedelta(hours=24)  # a younger file may still get its row
NAMES_AT_ONCE = 500
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class MoveResult:
    """How many bodies were moved to the storage."""

    uploads: int
    downloads: int


def sealed_body(file: File) -> bytes | None:
    """The sealed body from either place, None without one; raises `StorageDown`, or `Unreadable` when it is lost."""
    if file.body is not None or not file.stored_name:
        return None if file.body is None else bytes(file.body)
    try:
        return storage.read(PLACE, file.stored_name)
    except storage.Missing as gone:
        raise Unreadable("its body is not in the storage any more") from gone
    except StorageDown as down:
        raise StorageDown(DOWN) from down


def named_keys() -> set[uuid.UUID]:
    """The ids of the keys that files name: those of bodies that were not forgotten."""
    tokens = (model.objects.exclude(key="").values_list("key", flat=True) for model in (UploadFile, InboxFile))
    return set(key_ids(chain.from_iterable(tokens)))


def store(*, now: datetime | None = None, limit: int = AT_ONCE) -> MoveResult:
    """Moves the bodies of finished files, oldest first, at most `limit` of each kind.

    Raises `StorageDown`, and then what was not moved stays where it is.
    """
    moment, ends = now or timezone.now(), time.monotonic() + BUDGET
    uploads = UploadFile.objects.filter(TO_STORE, accepted_at__isnull=False)
    downloads = InboxFile.objects.filter(TO_STORE, state__in=DONE)

    def move_each(job: str, files: QuerySet) -> int:
        ran = rows.each(
            job,
            files.order_by("pk").defer("body"),
            lambda file: _move(file, moment),
            at_most=limit,
            passing=(StorageDown,),
            goes_on=lambda: time.monotonic() < ends,
        )
        return len(ran.done)

    return MoveResult(move_each("reports.stored", uploads), move_each("downloads.stored", downloads))


def _move(file: File, now: datetime) -> bool:
    """Moves one body under its own name; returns False when it was moved or forgotten concurrently."""
    body = sealed_body(file)
    if body is None or file.stored_name:
        return False
    name = storage.keep(PLACE, f"{to_beijing(now):%Y%m%d}/{secrets.token_hex(16)}", body)
    if storage.read(PLACE, name) != body:
        raise StorageDown(PLACE)
    still_here = type(file).objects.filter(TO_STORE, pk=file.pk, key=file.key)
    if still_here.update(body=None, stored_name=name):
        return True
    storage.drop(PLACE, name)
    return False


def drop_forgotten(*, limit: int = 20 * AT_ONCE) -> int:
    """Deletes stored bodies whose key was destroyed; returns how many. Raises `StorageDown`, and they stay due."""
    return sum(_drop(model.objects.filter(TO_DROP).order_by("pk")[:limit]) for model in (UploadFile, InboxFile))


def _drop(files: QuerySet) -> int:
    owed = list(files.values_list("pk", "stored_name"))
    for pk, name in owed:
        storage.drop(PLACE, name)
        files.model.objects.filter(pk=pk, stored_name=name).update(stored_name="")
    return len(owed)


def drop_strays(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes files that had no row for a day; returns how many. For the hourly cleanup.

    Looks into the folders of yesterday and the day before, and into one of the older ones in turn.
    """
    moment = now or timezone.now()
    return sum(_strays_of(day, moment, dry_run) for day in _folders(moment))


def _folders(now: datetime) -> list[str]:
    today, recent = (f"{to_beijing(now - age):%Y%m%d}" for age in (timedelta(0), 2 * STRAY_AFTER))
    there = [day for day in storage.days(PLACE) if day < today]
    older = [day for day in there if day < recent]
    turn = int(now.timestamp() // HOUR.total_seconds()) % max(1, len(older))
    return [*older[turn : turn + 1], *(day for day in there if day >= recent)]


def _strays_of(day: str, now: datetime, dry_run: bool) -> int:
    there = list(storage.of_day(PLACE, day))
    strays = [
        name for names in _batches(there) for name in sorted(set(names) - _still_named(names)) if _is_old(name, now)
    ]
    if dry_run:
        return len(strays)
    for name in strays:
        storage.drop(PLACE, name)
        logger.warning("file without a row deleted", extra={"place": PLACE, "file": name})
    if len(strays) == len(there):
        storage.drop(PLACE, day)  # an empty folder
    return len(strays)


def _batches(names: list[str]) -> Iterator[list[str]]:
    return (names[at : at + NAMES_AT_ONCE] for at in range(0, len(names), NAMES_AT_ONCE))


def _still_named(names: list[str]) -> set[str]:
    found: set[str] = set()
    for model in (UploadFile, InboxFile):
        found.update(model.objects.filter(STORED, stored_name__in=names).values_list("stored_name", flat=True))
    return found


def _is_old(name: str, now: datetime) -> bool:
    changed = storage.changed_at(PLACE, name)
    return changed is not None and changed <= now - STRAY_AFTER
