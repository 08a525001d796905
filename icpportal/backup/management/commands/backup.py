"""`manage.py backup`: backs up the database, the keys of files separately, and all stored files, and checks them."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from icpportal.backup import backups, manifest
from icpportal.backup.database import DatabaseFault
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import Damaged, Target
from icpportal.gateways.storage import StorageDown

T = TypeVar("T")
Troubles = tuple[type[BaseException], ...]
AHEAD = "its time has not come, a clock is or was wrong"
TROUBLE: Troubles = (StorageDown, NoScratch)


class Command(BaseCommand):
    help = (
        "Makes a backup while the portal works and deletes those whose time is over (BACKUP_KEPT_DAYS; keys of files: "
        "PICTURE_KEY_BACKUP_DAYS). It is sealed with the first key of PII_KEYS, which is not in it. Exit code 1: none "
        "was made. 3: made, but an older backup cannot be read (each is told), or not all that is old was deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", help="a folder, or s3://bucket/prefix")
        parser.add_argument("--keys-to", help="where the keys of files go, apart from the rest (default: the same)")
        parser.add_argument("--list", metavar="FROM", help="tell which backups lie there, and make none")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(
        self, *, to: str | None, keys_to: str | None, list: str | None, as_json: bool, **options: str | int | None
    ) -> None:
        try:
            if list:
                return self._list(Target(list), as_json=as_json)
            if not to:
                raise CommandError("Say where the backup goes: --to DIR, or --to s3://bucket/prefix.")
            self._make(Target(to), Target(keys_to or to), as_json=as_json)
        except (DatabaseFault, Damaged, NoScratch) as fault:
            raise CommandError(f"No backup was made: {fault}.") from fault
        except KeyboardInterrupt as stopped:
            raise CommandError("No backup was made: it was interrupted.") from stopped
        except StorageDown as down:
            undone = "Not listed" if list else "No backup was made"
            raise CommandError(f"{undone}: {down.explanation}.") from down

    def _make(self, target: Target, keys_target: Target, *, as_json: bool) -> None:
        # first: erased data must go in time, whatever happens to the backup
        keys, undone = self._tried(lambda: backups.drop_old_keys(keys_target, timezone.now()), 0, TROUBLE)
        _killed, still_there = self._tried(lambda: backups.drop_unfinished(target, timezone.now()), 0, TROUBLE)
        backup = backups.make(target, keys_target, tell=self.stderr.write)
        # from here the backup counts: stopping now stops the deletion only
        stops = (*TROUBLE, KeyboardInterrupt)
        pruned, also_undone = self._tried(lambda: backups.prune(target), backups.Pruned(0, 0, {}), stops)
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
                f"{backup.files} files ({backup.bytes:,} bytes); what is new was read again"
            )
            self.stdout.write(f"deleted: {pruned.backups} backups, {keys} sets of keys, {pruned.files} files")
        for stamp, fault in pruned.unread.items():
            self.stderr.write(f"backup {stamp} cannot be read: {fault}")
        if pruned.unread:
            self.stderr.write(f"{len(pruned.unread)} backups cannot be read: no old file was deleted")
        nothing: list[str] = []
        ahead, unlisted = self._tried(
            lambda: [each for each in manifest.stamps(target) if manifest.is_ahead(each)], nothing, stops
        )
        for stamp in ahead:
            self.stderr.write(f"backup {stamp}: {AHEAD}. If it was the clock of then, delete its folder and its keys.")
        if pruned.unread or ahead or undone or still_there or also_undone or unlisted:
            sys.exit(3)

    def _tried(self, delete: Callable[[], T], otherwise: T, troubles: Troubles) -> tuple[T, bool]:
        """What was deleted, and whether it was stopped: the backup counts all the same."""
        try:
            return delete(), False
        except troubles as trouble:
            why = trouble.explanation if isinstance(trouble, StorageDown) else trouble
            self.stderr.write(f"Not all that is old was deleted: {str(why) or 'it was interrupted'}.")
            return otherwise, True

    def _list(self, target: Target, *, as_json: bool) -> None:
        if not target.is_there():
            raise CommandError(f"There is no folder {target.where}.")
        found = {stamp: manifest.key_of(target, stamp) for stamp in manifest.stamps(target)}
        if as_json:
            self.stdout.write(json.dumps([{"stamp": stamp, "key": key} for stamp, key in found.items()]))
            return
        for stamp, key in found.items():
            state = f"needs the key “{key}”" if key else "is damaged: its manifest"
            self.stdout.write(f"{stamp}  {state}" + (f"; {AHEAD}" if manifest.is_ahead(stamp) else ""))
        self.stdout.write(f"{len(found)} backups in {target.where}")
