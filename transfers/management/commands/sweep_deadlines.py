"""`manage.py sweep_deadlines`: does by hand what beat does each minute; `--at` judges as of another moment."""

import json
from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from icpportal.alarms import restored
from icpportal.command_line.arguments import typed_moment
from transfers.deadlines.sweep import sweep


class Command(BaseCommand):
    help = "Moves every order whose time has run out, sends the reminders that are due, erases old filing passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=typed_moment, help="use this time instead of now (ISO 8601, Beijing time)")
        parser.add_argument("--dry-run", action="store_true", help="print what would be done, change nothing")
        parser.add_argument("--json", action="store_true", help="one object instead of lines")

    def handle(self, *, at: datetime | None, dry_run: bool, **options: str | int | None) -> None:
        if restored.is_held() and not dry_run:
            raise CommandError(str(restored.HeldBack()))
        totals = sweep(now=at, dry_run=dry_run)
        if options["json"]:
            found = {"moved": totals.moved, "failed": totals.failed, "set_aside": totals.set_aside}
            self.stdout.write(json.dumps({**found, "dry_run": dry_run, "lines": totals.lines}))
        else:
            for line in totals.lines:
                self.stdout.write(line)
            done = ", ".join(f"{move} {number}" for move, number in sorted(totals.moved.items()))
            said = f"{'would be ' if dry_run else ''}{done}" if done else "nothing due"
            aside = f", {totals.set_aside} set aside earlier" if totals.set_aside else ""
            self.stdout.write(f"{said}; {totals.failed} failed{aside}")
        if troubled := totals.failed + totals.set_aside:
            raise CommandError(f"{troubled} orders could not be moved; see the log and `set_aside`", returncode=2)
