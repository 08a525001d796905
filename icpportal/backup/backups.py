"""Makes a backup: the database at one moment, the keys of files separately, and every file not yet taken.

A backup counts once its manifest is there, which is written last: an interrupted one does not count, and files it has
taken are not taken again.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from icpportal.backup import ages, database, files, manifest
from icpportal.backup.manifest import KEYS, Manifest
from icpportal.backup.streams import Line, SealedStream, sealing, write_lines
from icpportal.backup.targets import DamagedBackup, StoredFile, Target
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.key_change import marks

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PruneResult:
    """What was deleted at the end of its retention."""

    backups: int
    files: int
    doubtful: int  # backups that are over only if a long pause was one, not a clock that jumped ahead
    unread: dict[str, str]  # unreadable backups, and why: then no file is deleted, because it may be theirs


@dataclass(slots=True)
class Tally:
    """The number and total size of files."""

    files: int = 0
    bytes: int = 0

    def of(self, lines: Iterator[Line]) -> Iterator[Line]:
        for line in lines:
            self.files, self.bytes = self.files + 1, self.bytes + line["size"]
            yield line


def make(target: Target, keys_target: Target, *, now: datetime | None = None, tell: Tell = lambda _: None) -> Manifest:
    """Makes one backup and reads back what it writes.

    Raises `StorageDown`, `DamagedBackup` or `DatabaseFault`; then there is no backup, and only the files it copied
    stay, which the next one does not copy again.
    """
    stamp = f"{(now or timezone.now()).astimezone(UTC):{manifest.STAMP}}"
    try:
        return _back_up(target, keys_target, stamp, tell)
    except BaseException:
        tell("The backup stopped: what it has written is deleted.")
        with suppress(StorageDown):
            _drop(target, stamp)
            keys_target.drop(f"{KEYS}/{stamp}")
        raise


def _back_up(target: Target, keys_target: Target, stamp: str, tell: Tell) -> Manifest:
    folder = manifest.folder(stamp)
    with database.moment() as moment:
        dumped: list[SealedStream] = []
        with sealing(target, f"{folder}/database", dumped) as out:
            moment.dump(out)
        tell(f"database: {dumped[0].stored.size:,} bytes")
        keys_of_files, tables, key_marks = list(moment.file_keys()), moment.counts(), marks.recorded()
    keys = write_lines(keys_target, f"{KEYS}/{stamp}", keys_of_files)
    tell(f"keys of files: {len(keys_of_files)}")
    tally = Tally()
    listed = write_lines(target, f"{folder}/files", tally.of(files.take(target, _known_files(target))))
    tell(f"files: {tally.files}, {tally.bytes:,} bytes in all")
    result = Manifest(
        stamp=stamp,
        version=settings.VERSION,
        engine=database.engine(),
        tables=tables,
        file_keys=len(keys_of_files),
        files=tally.files,
        bytes=tally.bytes,
        database=dumped[0],
        keys=keys,
        list=listed,
        marks=key_marks,
        signature=manifest.signature_of(stamp),
    )
    manifest.write(target, result)
    return result


def _known_files(target: Target) -> dict[str, StoredFile]:
    """The files of the newest backup with a readable list."""
    for backup in manifest.all_of(target):
        with suppress(DamagedBackup):
            return {stored.name: stored for stored in files.named_by(target, backup)}
    return {}


def prune(target: Target, *, now: datetime | None = None, trusted: bool = False) -> PruneResult:
    """Deletes backups at the end of their retention, except the newest; `trusted` is a clock known to be right."""
    now = now or timezone.now()
    newest = manifest.newest(target, now)
    kept = timedelta(days=settings.BACKUP_KEPT_DAYS)
    over = ages.past_retention(manifest.stamps(target), kept, now, trusted=trusted)
    gone, doubtful = (set(stamps) - {newest} for stamps in (over.surely, over.doubtful))
    for each in sorted(gone):
        _drop(target, each)
    named: set[str] = set()
    unread: dict[str, str] = {}
    for stamp in manifest.stamps(target):
        try:
            named.update(stored.name for stored in files.named_by(target, manifest.read(target, stamp)))
        except manifest.UNREAD as fault:
            unread[stamp] = str(fault)
    dropped = 0 if unread else files.drop_unnamed(target, named, now)
    return PruneResult(len(gone), dropped, len(doubtful), unread)


def drop_unfinished(target: Target, now: datetime) -> int:
    """Deletes what killed backups wrote: nothing opens it, and each night with a full disk would add to it."""
    killed = [stamp for stamp in manifest.unfinished_backups(target) if manifest.made_at(stamp) < now - files.NEW]
    for stamp in killed:
        _drop(target, stamp)
    return len(killed)


def _drop(target: Target, stamp: str) -> None:
    for name in reversed(target.list_folder(manifest.folder(stamp))[1]):  # the manifest before its parts
        target.drop(f"{manifest.folder(stamp)}/{name}")
    target.drop(manifest.folder(stamp))


def drop_old_keys(keys_target: Target, now: datetime, *, trusted: bool = False) -> tuple[int, int]:
    """Deletes keys of files kept so long: from then on, no backup can open what was deleted before.

    Returns how many, and how many more would be over if a long pause was one.
    """
    stamps = filter(manifest.is_stamp, keys_target.list_folder(KEYS)[1])
    over = ages.past_retention(stamps, timedelta(days=settings.PICTURE_KEY_BACKUP_DAYS), now, trusted=trusted)
    for stamp in over.surely:
        keys_target.drop(f"{KEYS}/{stamp}")
    return len(over.surely), len(over.doubtful)


def keys_are_over(stamp: str) -> bool:
    """Whether the retention of the keys of this backup's files has ended."""
    return manifest.made_at(stamp) < timezone.now() - timedelta(days=settings.PICTURE_KEY_BACKUP_DAYS)
