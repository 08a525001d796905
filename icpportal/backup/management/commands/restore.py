"""`manage.py restore`: restores a backup into an empty portal, which sends nothing until `restore --go`."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from icpportal.alarms import restored
from icpportal.audit import verification
from icpportal.backup import database, manifest, release, restores
from icpportal.backup.database import DatabaseFault
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import DamagedBackup, Target, reach
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.crypto import Unreadable

ADD_KEYS = "When you have them, add them with --only-file-keys (docs/operations.md, Restore)."
WITHOUT_KEYS = (
    "Name their place with --keys-from (mount it first). If they are lost, --without-file-keys restores everything "
    "else: orders and accounts are complete, and no picture opens."
)


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database and empty storages and compares the result with the backup. The "
        "restored portal sends nothing until `restore --go`, which first compares numbers with the ministry. Exit "
        "codes: 0 done; 1 refused, nothing was changed; 2 restored with differences, or stopped half way."
    )
    requires_migrations_checks = False
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", help="where the backups are: a folder, or s3://bucket/prefix")
        parser.add_argument("--keys-from", help="where the keys of files are (default: the same)")
        parser.add_argument("--at", default="", help="one of `backup --list` (default: the newest)")
        parser.add_argument("--dry-run", action="store_true", help="read and compare everything, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument(
            "--without-file-keys", action="store_true", help="the keys of files are lost: restore everything else"
        )
        parser.add_argument(
            "--only-file-keys",
            action="store_true",
            help="the keys of files are found: add those that this portal lacks, also while it works",
        )
        parser.add_argument("--go", action="store_true", help="release a restored portal after you have checked it")
        parser.add_argument(
            "--give-up-messages",
            action="store_true",
            help="with --go: drop messages that waited when the backup was made (they may have been sent since)",
        )

    def handle(
        self, *, source: str | None, keys_from: str | None, go: bool, **options: str | bool | int | None
    ) -> None:
        if go:
            return self._go(give_up=bool(options["give_up_messages"]))
        if not source:
            raise CommandError("Name the place of the backups: --from DIR, or --from s3://bucket/prefix.")
        act = self._add_keys if options["only_file_keys"] else self._restore
        try:
            target, keys_target = Target(source), Target(keys_from or source)
            reach([target, keys_target], self.stderr.write)
            act(target, keys_target, **options)
        except Unreadable as closed:
            raise CommandError(
                f"Nothing was changed: {closed}. Add the key that sealed the backup to PII_KEYS; "
                "`backup --list` shows its name."
            ) from closed
        except restores.NoKeys as lost:
            undone = "No key was added" if options["only_file_keys"] else "Not restored"
            raise CommandError(f"{undone}: the keys of the files cannot be read: {lost}. {WITHOUT_KEYS}") from lost
        except restores.StoppedHalfWay as stopped:
            raise CommandError(
                f"Stopped half way: {stopped}. Empty the database and the storages, then restore again.", returncode=2
            ) from stopped
        except (
            restores.NotEmpty,
            restores.NoRoom,
            restores.WrongKeys,
            restores.LaterVersion,
            manifest.NoBackup,
            DamagedBackup,
            DatabaseFault,
            NoScratch,
        ) as fault:
            raise CommandError(f"Not restored: {fault}.") from fault
        except StorageDown as down:
            raise CommandError(f"Not restored: {restores.said_of(down)}.") from down

    def _restore(self, target: Target, keys_target: Target, **options: str | bool | int | None) -> None:
        backup = manifest.read(target, str(options["at"]))
        act = restores.check if options["dry_run"] else restores.restore
        without_keys = bool(options["without_file_keys"])
        try:
            result = act(target, keys_target, backup, self.stderr.write, without_keys=without_keys)
        except KeyboardInterrupt as stopped:  # before the database was filled
            raise CommandError("Not restored: it was interrupted.") from stopped
        if not options["dry_run"]:
            verdict = verification.verify()
            result.differs += [f"audit chain: {verdict.broken}"] * bool(verdict.broken)
        if options["as_json"]:
            self.stdout.write(json.dumps({"stamp": backup.stamp, "dry_run": options["dry_run"], **asdict(result)}))
        else:
            self._tell(backup, result, dry_run=bool(options["dry_run"]))
        if result.differs:
            sys.exit(2)

    def _tell(self, backup: manifest.Manifest, result: restores.RestoreResult, *, dry_run: bool) -> None:
        done = "would be restored" if dry_run else "restored"
        rows = sum(backup.tables.values())
        self.stdout.write(
            f"backup {backup.stamp}: {rows} rows, {result.keys} keys of files, {result.files} files {done}"
        )
        if result.keys_gone:
            self.stdout.write("The keys of its files were deleted at the end of their time: no picture opens.")
        if result.keys_left_out:
            self.stdout.write(f"Without the keys of its files no picture opens. {ADD_KEYS}")
        for each in result.differs:
            self.stdout.write(f"differs from the backup: {each}")
        if not dry_run:
            self.stdout.write("The portal sends nothing yet. Start it, check it, then run: manage.py restore --go")

    def _add_keys(self, target: Target, keys_target: Target, **options: str | bool | int | None) -> None:
        if database.is_empty():
            raise CommandError("No key was added: the database is empty. Restore the backup first.")
        backup = manifest.read(target, str(options["at"]))
        done = restores.add_keys(keys_target, backup)
        if options["as_json"]:
            self.stdout.write(json.dumps({"stamp": backup.stamp, **asdict(done)}))
        else:
            self.stdout.write(
                f"keys of files from backup {backup.stamp}: {done.added} added, {done.known} were here already, "
                f"{done.erased} left out because their file is not here"
            )

    def _go(self, *, give_up: bool) -> None:
        if not restored.is_held():
            raise CommandError("Nothing is held back: this portal was not restored, or has been released already.")
        try:
            released = release.go(give_up_messages=give_up, tell=self.stderr.write)
        except (Retryable, Refused) as trouble:
            raise CommandError(
                f"Still held back, numbers could not be compared with the ministry: {trouble}."
            ) from trouble
        self.stdout.write(f"Released: {released}")
