"""Restores a backup into an empty portal, which then sends nothing until released."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.management import call_command
from django.db import DatabaseError

from icpportal.alarms import restored
from icpportal.alarms.models import Alarm
from icpportal.backup import database, files
from icpportal.backup.backups import keys_are_over
from icpportal.backup.manifest import Manifest
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import Damaged, Target
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.key_change import marks

Tell = Callable[[str], None]
TOLD_EACH = 500  # files
ALARMS = Alarm._meta.db_table


class NotEmpty(Exception):
    """The portal to restore into is not empty."""


class NoRoom(Exception):
    """The backup's files are larger than the free space."""


class StoppedHalfWay(Exception):
    """The database was filled, but the rest failed."""


@dataclass(slots=True)
class Restored:
    """The result: differences from the backup; empty if there are none."""

    files: int = 0
    keys: int = 0
    keys_gone: bool = False  # past their retention: no picture can be opened
    differs: list[str] = field(default_factory=list)


def refuse_filled() -> None:
    """Raises `NotEmpty` unless the database has no table and no storage a file."""
    if not database.is_empty():
        raise NotEmpty("the database has tables: a backup goes into an empty one (create it, and do not migrate it)")
    if files.are_there():
        raise NotEmpty("there are stored files: a backup goes into empty storages")


def refuse_other_engine(backup: Manifest) -> None:
    if backup.engine != database.engine():
        raise NotEmpty(f"the backup is of {backup.engine}, and DATABASE_URL names {database.engine()}")


def refuse_no_room(backup: Manifest) -> None:
    """Raises `NoRoom` if the files cannot fit; whether they do fit is only known afterwards."""
    free = files.room()
    if free is not None and free < backup.bytes:
        raise NoRoom(f"the storages have {free:,} bytes free, and the files of the backup are {backup.bytes:,}")


def check(target: Target, keys_target: Target, backup: Manifest, tell: Tell) -> Restored:
    """Reads every part of a backup and changes nothing; raises `Damaged` if it could not be restored at all.

    Reports each missing or differing file, as `restore` does.
    """
    _check_streams(target, backup)
    result = Restored(keys_gone=_keys_are_over(keys_target, backup))
    if not result.keys_gone:
        keys_target.check(backup.keys.stored)
        result.keys = sum(1 for _line in backup.keys.lines(keys_target))
    for line in backup.list.lines(target):
        try:
            target.check(files.stored_as(line))
        except Damaged as damaged:
            result.differs.append(str(damaged))
        result.files = _tell_progress(result.files + 1, backup, tell)
    return result


def restore(target: Target, keys_target: Target, backup: Manifest, tell: Tell) -> Restored:
    """Restores everything; raises `NotEmpty`, `NoRoom`, `Damaged`, `StorageDown` or `DatabaseFault`.

    Once the database is filled it raises `StoppedHalfWay` instead, because a second attempt would find it filled. The
    portal is held back from the moment its database is there (`alarms/restored.py`).
    """
    refuse_other_engine(backup)
    refuse_no_room(backup)
    refuse_filled()
    _check_streams(target, backup)
    result = Restored(keys_gone=_keys_are_over(keys_target, backup))
    if not result.keys_gone:
        keys_target.check(backup.keys.stored)
    with backup.database.opened(target) as source:
        database.restore(source)
    try:
        _bring_the_rest(target, keys_target, backup, result, tell)
    except (StorageDown, Damaged, NoScratch, OSError, DatabaseError) as trouble:
        raise StoppedHalfWay(said_of(trouble)) from trouble
    except KeyboardInterrupt as stopped:
        raise StoppedHalfWay("it was interrupted") from stopped
    return result


def said_of(trouble: Exception) -> str:
    """What happened, for the command's output."""
    return trouble.explanation if isinstance(trouble, StorageDown) else str(trouble)


def _bring_the_rest(target: Target, keys_target: Target, backup: Manifest, result: Restored, tell: Tell) -> None:
    """Restores keys and files beside the filled database, and runs later migrations."""
    wanted = {**backup.tables, ALARMS: backup.tables[ALARMS] + restored.hold(backup.stamp)}
    tell("database: there, and nothing is sent")
    result.differs += _compared(wanted, database.count_rows())
    if not result.keys_gone:
        result.keys = database.put_file_keys(backup.keys.lines(keys_target))
    for line in backup.list.lines(target):
        try:
            files.put_back(target, line)
        except Damaged as damaged:
            result.differs.append(str(damaged))
        result.files = _tell_progress(result.files + 1, backup, tell)
    call_command("migrate", verbosity=0, interactive=False)
    if wrong := marks.fault():
        result.differs.append(wrong)


def _check_streams(target: Target, backup: Manifest) -> None:
    for stream in (backup.database, backup.list):
        target.check(stream.stored)


def _keys_are_over(keys_target: Target, backup: Manifest) -> bool:
    """Whether its files' keys were deleted at the end of their retention: no picture opens, as intended."""
    return keys_target.size(backup.keys.stored.name) is None and keys_are_over(backup.stamp)


def _compared(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    tables = sorted({*wanted, *found})
    pairs = {table: (wanted.get(table, 0), found.get(table, 0)) for table in tables}
    return [f"{table}: {there} rows, and {was} in the backup" for table, (was, there) in pairs.items() if was != there]


def _tell_progress(number: int, backup: Manifest, tell: Tell) -> int:
    if number % TOLD_EACH == 0:
        tell(f"files: {number} of {backup.files}")
    return number
