"""`manage.py restore`: restores a backup into an empty portal, which sends nothing until `restore --go`."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from icpportal.alarms import restored
from icpportal.audit import verification
from icpportal.backup import manifest, release, restores
from icpportal.backup.database import DatabaseFault
from icpportal.backup.streams import NoScratch
from icpportal.backup.targets import Damaged, Target
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.crypto import Unreadable


class Command(BaseCommand):
    help = (
        "Brings a backup back into an empty database and empty storages, compares it, and holds back whatever would "
        "be sent until `restore --go`, which first agrees with the ministry on numbers. Exit code 1: refused, nothing "
        "was changed. 2: restored, but not all is as the backup says, or stopped half way; what, is told."
    )
    requires_migrations_checks = False
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", help="where the backups lie: a folder, or s3://bucket/prefix")
        parser.add_argument("--keys-from", help="where the keys of files lie (default: the same)")
        parser.add_argument("--at", default="", help="one of `backup --list` (default: the newest)")
        parser.add_argument("--dry-run", action="store_true", help="read and compare all of it, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--go", action="store_true", help="after a restore: send again, once that was looked at")
        parser.add_argument(
            "--give-up-messages",
            action="store_true",
            help="with --go: do not send what waited when the backup was made (it may have been sent since)",
        )

    def handle(
        self, *, source: str | None, keys_from: str | None, go: bool, **options: str | bool | int | None
    ) -> None:
        if go:
            return self._go(give_up=bool(options["give_up_messages"]))
        if not source:
            raise CommandError("Say where the backup lies: --from DIR, or --from s3://bucket/prefix.")
        try:
            self._restore(Target(source), Target(keys_from or source), **options)
        except Unreadable as closed:
            raise CommandError(
                f"Nothing was changed: {closed}. Put the key that the backup was made with into PII_KEYS; "
                "`backup --list` tells its name."
            ) from closed
        except restores.StoppedHalfWay as stopped:
            raise CommandError(
                f"Stopped half way: {stopped}. Empty the database and the storages, then restore again.", returncode=2
            ) from stopped
        except (restores.NotEmpty, restores.NoRoom, manifest.NoBackup, Damaged, DatabaseFault, NoScratch) as fault:
            raise CommandError(f"Not restored: {fault}.") from fault
        except StorageDown as down:
            raise CommandError(f"Not restored: {restores.said_of(down)}.") from down

    def _restore(self, target: Target, keys_target: Target, **options: str | bool | int | None) -> None:
        backup = manifest.read(target, str(options["at"]))
        act = restores.check if options["dry_run"] else restores.restore
        try:
            result = act(target, keys_target, backup, self.stderr.write)
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

    def _tell(self, backup: manifest.Manifest, result: restores.Restored, *, dry_run: bool) -> None:
        done = "would be restored" if dry_run else "restored"
        rows = sum(backup.tables.values())
        self.stdout.write(
            f"backup {backup.stamp}: {rows} rows, {result.keys} keys of files, {result.files} files {done}"
        )
        if result.keys_gone:
            self.stdout.write("The keys of its files are not kept any more: its pictures do not open.")
        for each in result.differs:
            self.stdout.write(f"not as in the backup: {each}")
        if not dry_run:
            self.stdout.write("Nothing is sent. Start the portal, look at it, then: manage.py restore --go")

    def _go(self, *, give_up: bool) -> None:
        if not restored.is_held():
            raise CommandError("Nothing is held back: this portal was not restored, or somebody has said go.")
        try:
            released = release.go(give_up_messages=give_up, tell=self.stderr.write)
        except (Retryable, Refused) as trouble:
            raise CommandError(f"Still held back, the ministry does not agree on numbers yet: {trouble}.") from trouble
        self.stdout.write(f"Go: {released}")
