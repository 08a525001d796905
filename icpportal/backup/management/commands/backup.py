"""`manage.py backup`: backs up the database, the keys of files separately, and all stored files, and checks them."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from icpportal.backup import ages, backups, database, manifest
from icpportal.backup.database import DatabaseFault
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import DamagedBackup, Target, reach
from icpportal.gateways.storage import StorageDown

T = TypeVar("T")
Troubles = tuple[type[BaseException], ...]
AHEAD = "its time is in the future, so a clock is or was wrong"
TRUST = "If this host's clock is right, run backup --trust-clock once."
TROUBLE: Troubles = (StorageDown, NoScratch)


class Command(BaseCommand):
    help = (
        "Makes a backup while the portal works, and deletes backups at the end of their retention (BACKUP_KEPT_DAYS; "
        "keys of files: PICTURE_KEY_BACKUP_DAYS). A backup is sealed with the first key of PII_KEYS and does not "
        "contain it. Exit codes: 0 made; 1 not made; 3 made, but somebody has to look at what is printed: an older "
        "backup cannot be read, old data was not deleted, or a clock is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", help="a folder, or s3://bucket/prefix")
        parser.add_argument("--keys-to", help="where the keys of files go, separate from the rest (default: the same)")
        parser.add_argument("--first", action="store_true", help="a place is new: make the first backup there")
        parser.add_argument("--list", metavar="FROM", help="list the backups in this place, and make none")
        parser.add_argument(
            "--trust-clock", action="store_true", help="this host's clock is right: delete what is old according to it"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(
        self,
        *,
        to: str | None,
        keys_to: str | None,
        list: str | None,
        as_json: bool,
        trust_clock: bool,
        first: bool,
        **options: str | int | None,
    ) -> None:
        try:
            if list:
                return self._list(Target(list), as_json=as_json)
            if not to:
                raise CommandError("Name the place of the backup: --to DIR, or --to s3://bucket/prefix.")
            target, keys_target = Target(to), Target(keys_to or to)
            self._reach(target, keys_target, trusted=trust_clock)
            _refuse_wrong_place([target, keys_target] if keys_to else [target], first=first)
            self._make(target, keys_target, as_json=as_json, trusted=trust_clock)
        except (DatabaseFault, DamagedBackup, NoScratch) as fault:
            raise CommandError(f"No backup was made: {fault}.") from fault
        except KeyboardInterrupt as stopped:
            raise CommandError("No backup was made: it was interrupted.") from stopped
        except StorageDown as down:
            undone = "Not listed" if list else "No backup was made"
            raise CommandError(f"{undone}: {down.explanation}.") from down

    def _reach(self, target: Target, keys_target: Target, *, trusted: bool) -> None:
        """Raises `StorageDown` for a bucket that is away; deletes old keys elsewhere all the same, in time."""
        try:
            reach([target, keys_target], self.stderr.write)
        except StorageDown as down:
            if str(down) != keys_target.where:
                self._delete_old_keys(keys_target, trusted=trusted, may_delete=trusted or not self._clocks_disagree())
            raise

    def _delete_old_keys(self, keys_target: Target, *, trusted: bool, may_delete: bool) -> tuple[int, int]:
        now = timezone.now()
        return self._try_delete(
            lambda: backups.drop_old_keys(keys_target, now, trusted=trusted), (0, 0), TROUBLE, may_delete
        )

    def _make(self, target: Target, keys_target: Target, *, as_json: bool, trusted: bool) -> None:
        self.needs_somebody = not trusted and self._clocks_disagree()
        may_delete = not self.needs_somebody
        now = timezone.now()
        # first: erased data must go in time, whatever happens to the backup
        keys, more_keys = self._delete_old_keys(keys_target, trusted=trusted, may_delete=may_delete)
        self._try_delete(lambda: backups.drop_unfinished(target, now), 0, TROUBLE, may_delete)
        backup = backups.make(target, keys_target, tell=self.stderr.write)
        # from here the backup counts: stopping now stops the deletion only
        stops = (*TROUBLE, KeyboardInterrupt)
        nothing = backups.PruneResult(0, 0, 0, {})
        pruned = self._try_delete(lambda: backups.prune(target, trusted=trusted), nothing, stops, may_delete)
        self._tell(backup, pruned, keys, as_json=as_json)
        for stamp, fault in pruned.unread.items():
            self._warn(f"backup {stamp} cannot be read: {fault}")
        if pruned.unread:
            self._warn(f"{len(pruned.unread)} backups cannot be read: no old file was deleted")
        if more_keys or pruned.doubtful:
            self._warn(
                f"Not deleted: {pruned.doubtful} backups and {more_keys} sets of keys that are over by this host's "
                f"clock, {now:%Y-%m-%d %H:%M} UTC, because more than a week passed between two backups. {TRUST}"
            )
        ahead: list[str] = []
        for stamp in self._try_delete(lambda: list(filter(manifest.is_ahead, manifest.stamps(target))), ahead, stops):
            self._warn(f"backup {stamp}: {AHEAD}. If the clock was wrong then, delete its folder and its keys.")
        if self.needs_somebody:
            sys.exit(3)

    def _tell(self, backup: manifest.Manifest, pruned: backups.PruneResult, keys: int, *, as_json: bool) -> None:
        if as_json:
            summary = {
                "stamp": backup.stamp,
                "files": backup.files,
                "bytes": backup.bytes,
                "rows": sum(backup.tables.values()),
            }
            deleted = {**asdict(pruned), "keys": keys, "unread": len(pruned.unread)}
            self.stdout.write(json.dumps({**summary, "file_keys": backup.file_keys, "deleted": deleted}))
        else:
            self.stdout.write(
                f"backup {backup.stamp}: {sum(backup.tables.values())} rows, {backup.file_keys} keys of files, "
                f"{backup.files} files ({backup.bytes:,} bytes); everything new was read again"
            )
            self.stdout.write(f"deleted: {pruned.backups} backups, {keys} sets of keys, {pruned.files} files")

    def _warn(self, words: str) -> None:
        """Prints what somebody has to look at: the exit code says so too."""
        self.needs_somebody = True
        self.stderr.write(words)

    def _clocks_disagree(self) -> bool:
        """Whether PostgreSQL has another time; a database that does not answer stops the backup, not the deletion."""
        ours = timezone.now()
        try:
            theirs = database.clock()
        except DatabaseError:
            return False
        if not ages.disagree(ours, theirs):
            return False
        self.stderr.write(
            f"Nothing old is deleted: this host's clock says {ours:%Y-%m-%d %H:%M} UTC, and that of the database "
            f"{theirs:%Y-%m-%d %H:%M} UTC. Correct the wrong one. {TRUST}"
        )
        return True

    def _try_delete(self, delete: Callable[[], T], otherwise: T, troubles: Troubles, may_delete: bool = True) -> T:
        """What was deleted; when it is stopped, the backup counts all the same."""
        if not may_delete:
            return otherwise
        try:
            return delete()
        except troubles as trouble:
            why = trouble.explanation if isinstance(trouble, StorageDown) else trouble
            self._warn(f"Not all old data was deleted: {str(why) or 'it was interrupted'}.")
            return otherwise

    def _list(self, target: Target, *, as_json: bool) -> None:
        if not target.is_there():
            raise CommandError(f"There is no folder {target.where}.")
        reach([target], self.stderr.write)
        found = {stamp: manifest.key_of(target, stamp) for stamp in manifest.stamps(target)}
        if as_json:
            self.stdout.write(json.dumps([{"stamp": stamp, "key": key} for stamp, key in found.items()]))
            return
        for stamp, key in found.items():
            state = f"sealed with the key “{key}”" if key else "damaged: its manifest cannot be read"
            self.stdout.write(f"{stamp}  {state}" + (f"; {AHEAD}" if manifest.is_ahead(stamp) else ""))
        self.stdout.write(f"{len(found)} backups in {target.where}")


def _refuse_wrong_place(targets: list[Target], *, first: bool) -> None:
    """A volume that is away leaves its mount point: a backup there would fill another disk, and nobody would know."""
    if first and all(map(manifest.has_backups, targets)):
        places = " and ".join(target.where for target in targets)
        holds = "hold" if len(targets) > 1 else "holds"
        raise CommandError(f"No backup was made: {places} {holds} backups already. Run backup without --first.")
    for target in targets:
        if not first and not manifest.is_in_use(target):
            raise CommandError(
                f"No backup was made: {target.where} holds no backups, as if its volume were not mounted. Mount it; "
                "or, if this is a new place, add --first once."
            )
