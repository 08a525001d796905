"""Restores a backup into an empty portal, which then sends nothing until released."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError

from icpportal.alarms import restored
from icpportal.alarms.models import Alarm
from icpportal.backup import database, files
from icpportal.backup.backups import keys_are_over
from icpportal.backup.manifest import Manifest, has_other_secret
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import DamagedBackup, Target
from icpportal.gateways import storage
from icpportal.gateways.miit.line import bodies
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.key_change import marks

Tell = Callable[[str], None]
TOLD_EACH = 500  # files
ALARMS = Alarm._meta.db_table
ANOTHER_SIGNATURE = (
    "SECRET_KEY is not the one of the backup: set that one, or add it to SECRET_KEY_FALLBACKS. Without it nobody stays "
    "signed in, links that were sent lead nowhere, and no checkpoint of the audit chain can be verified"
)


class NotEmpty(Exception):
    """The portal to restore into is not empty."""


class NoRoom(Exception):
    """The backup's files are larger than the free space."""


class NoKeys(Exception):
    """The keys of the backup's files cannot be read where they should be, although their retention has not ended."""


class WrongKeys(Exception):
    """The database of the backup needs other keys than ours: no process would start on it."""


class LaterVersion(Exception):
    """A later version made the backup: its database may have tables and columns that this one does not know."""


class StoppedHalfWay(Exception):
    """The database was filled, but the rest failed."""


@dataclass(slots=True)
class RestoreResult:
    """The result: differences from the backup; empty if there are none."""

    files: int = 0
    keys: int = 0
    keys_gone: bool = False  # past their retention: no picture can be opened
    keys_left_out: bool = False  # the operator does without them, for now
    differs: list[str] = field(default_factory=list)

    @property
    def has_keys(self) -> bool:
        """Whether the keys are part of it."""
        return not (self.keys_gone or self.keys_left_out)


@dataclass(frozen=True, slots=True)
class Added:
    """Keys brought into a portal that was restored without them."""

    added: int
    known: int  # were there already
    erased: int  # their file has been erased since


def refuse_filled() -> None:
    """Raises `NotEmpty` unless the database has no table and no storage a file."""
    if not database.is_empty():
        raise NotEmpty("the database has tables: a backup goes into an empty one (create it, and do not migrate it)")
    if files.are_there():
        raise NotEmpty("there are stored files: a backup goes into empty storages")


def refuse_other_engine(backup: Manifest) -> None:
    if backup.engine != database.engine():
        raise NotEmpty(f"the backup is of {backup.engine}, and DATABASE_URL names {database.engine()}")


def refuse_later_version(backup: Manifest) -> None:
    """Raises `LaterVersion` when this portal would run on a database it does not know."""
    if _numbers(backup.version) > _numbers(settings.VERSION):
        raise LaterVersion(
            f"the backup {backup.stamp} was made by version {backup.version}, and this is {settings.VERSION}, which "
            f"does not know its tables: install version {backup.version} or a later one, and restore with that"
        )


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def refuse_no_room(backup: Manifest) -> None:
    """Raises `NoRoom` if the files cannot fit; whether they do fit is only known afterwards."""
    free = files.room()
    if free is not None and free < backup.bytes:
        raise NoRoom(f"the storages have {free:,} bytes free, and the files of the backup are {backup.bytes:,}")


def check(
    target: Target, keys_target: Target, backup: Manifest, tell: Tell, *, without_keys: bool = False
) -> RestoreResult:
    """Reads every part of a backup, changes nothing.

    Raises `DamagedBackup`, `NoKeys` or `WrongKeys` where `restore` would refuse; reports each missing or differing
    file, as `restore` does.
    """
    refuse_later_version(backup)
    _check_streams(target, backup)
    result = _begin(keys_target, backup, without_keys=without_keys)
    if result.has_keys:
        result.keys = sum(1 for _line in backup.keys.lines(keys_target))
    for line in backup.list.lines(target):
        try:
            target.check(files.stored_as(line))
        except DamagedBackup as damaged:
            result.differs.append(str(damaged))
        result.files = _tell_progress(result.files + 1, backup, tell)
    return result


def restore(
    target: Target, keys_target: Target, backup: Manifest, tell: Tell, *, without_keys: bool = False
) -> RestoreResult:
    """Restores everything; raises what `check` does, `NotEmpty`, `NoRoom`, `StorageDown` or `DatabaseFault`.

    Once the database is filled it raises `StoppedHalfWay` instead, because a second attempt would find it filled. The
    portal is held back from the moment its database is there (`alarms/restored.py`).
    """
    refuse_other_engine(backup)
    refuse_later_version(backup)
    refuse_no_room(backup)
    refuse_filled()
    _check_streams(target, backup)
    result = _begin(keys_target, backup, without_keys=without_keys)
    with backup.database.open(target) as source:
        database.restore(source)
    try:
        _bring_the_rest(target, keys_target, backup, result, tell)
    except (StorageDown, DamagedBackup, NoScratch, OSError, DatabaseError) as trouble:
        raise StoppedHalfWay(said_of(trouble)) from trouble
    except KeyboardInterrupt as stopped:
        raise StoppedHalfWay("it was interrupted") from stopped
    return result


def add_keys(keys_target: Target, backup: Manifest) -> Added:
    """Brings the keys of a backup's files into a portal that was restored without them.

    Also from an older backup than the one restored: a key whose file is not here, or was erased since, is left out.
    Raises `NoKeys`, `StorageDown`, or `NoScratch`.
    """
    _refuse_no_keys(keys_target, backup)
    lines = {UUID(line["id"]): line for line in backup.keys.lines(keys_target)}
    missing = {key_id: lines[key_id] for key_id in lines.keys() - database.known_file_keys()}
    of_bodies = bodies.named_keys()
    wanted = [
        line for key_id, line in missing.items() if key_id in of_bodies or files.is_here(line["place"], line["name"])
    ]
    return Added(database.put_file_keys(wanted), len(lines) - len(missing), len(missing) - len(wanted))


def said_of(trouble: Exception) -> str:
    """What happened, for the command's output."""
    return trouble.explanation if isinstance(trouble, StorageDown) else str(trouble)


def _bring_the_rest(target: Target, keys_target: Target, backup: Manifest, result: RestoreResult, tell: Tell) -> None:
    """Restores keys and files beside the filled database, and runs later migrations."""
    wanted = {**backup.tables, ALARMS: backup.tables[ALARMS] + restored.hold(backup.stamp)}
    tell("database: there, and nothing is sent")
    result.differs += _differences(wanted, database.count_rows())
    if result.has_keys:
        result.keys = database.put_file_keys(backup.keys.lines(keys_target))
    for line in backup.list.lines(target):
        try:
            files.put_back(target, line)
        except DamagedBackup as damaged:
            result.differs.append(str(damaged))
        result.files = _tell_progress(result.files + 1, backup, tell)
    call_command("migrate", verbosity=0, interactive=False)
    storage.mark_folders()
    if wrong := marks.fault():
        result.differs.append(wrong)


def _check_streams(target: Target, backup: Manifest) -> None:
    for stream in (backup.database, backup.list):
        target.check(stream.stored)


def _begin(keys_target: Target, backup: Manifest, *, without_keys: bool) -> RestoreResult:
    """The result so far: whether the keys are part of it.

    Raises `NoKeys` when they are and cannot be read, and `WrongKeys` when ours are not those of the database.
    """
    if wrong := marks.wrong_for(backup.marks):
        raise WrongKeys(wrong.rstrip("."))
    result = RestoreResult(keys_gone=_keys_are_over(keys_target, backup), keys_left_out=without_keys)
    if result.has_keys:
        _refuse_no_keys(keys_target, backup)
    if has_other_secret(backup):
        result.differs.append(ANOTHER_SIGNATURE)
    return result


def _refuse_no_keys(keys_target: Target, backup: Manifest) -> None:
    try:
        keys_target.check(backup.keys.stored)
    except (DamagedBackup, StorageDown) as trouble:
        raise NoKeys(said_of(trouble)) from trouble


def _keys_are_over(keys_target: Target, backup: Manifest) -> bool:
    """Whether its files' keys were deleted at the end of their retention: no picture opens, as intended."""
    return keys_are_over(backup.stamp) and keys_target.size(backup.keys.stored.name) is None


def _differences(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    tables = sorted({*wanted, *found})
    pairs = {table: (wanted.get(table, 0), found.get(table, 0)) for table in tables}
    return [f"{table}: {there} rows, and {was} in the backup" for table, (was, there) in pairs.items() if was != there]


def _tell_progress(number: int, backup: Manifest, tell: Tell) -> int:
    if number % TOLD_EACH == 0:
        tell(f"files: {number} of {backup.files}")
    return number
