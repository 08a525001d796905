"""`manage.py extend_deadlines`: after an outage, extends the deadlines that ran during it."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta

from django.core.management.base import BaseCommand, CommandError

from icpportal.command_line.arguments import typed_moment
from transfers.deadlines.extension import extend

MOST_HOURS = 24 * 90


class Command(BaseCommand):
    help = (
        "Moves the deadlines that fall between two moments by some hours, writes it into each timeline, tells people."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from",
            dest="begin",
            type=typed_moment,
            required=True,
            help="start of the range of deadlines to move (ISO 8601, Beijing time)",
        )
        parser.add_argument("--to", dest="end", type=typed_moment, required=True, help="end of the range (exclusive)")
        parser.add_argument("--by", type=float, required=True, help="hours")
        parser.add_argument("--reason", required=True, help="reason shown to applicants in the timeline")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(
        self, *, begin: datetime, end: datetime, by: float, reason: str, dry_run: bool, **options: str | int | None
    ) -> None:
        if not 0 < by <= MOST_HOURS:
            raise CommandError(f"--by is a number of hours above 0, at most {MOST_HOURS}, such as 12")
        if not reason.strip():
            raise CommandError("--reason says why: applicants read it")
        if begin >= end:
            raise CommandError("--from must be before --to")
        ran = extend(begin, end, timedelta(hours=by), reason=reason.strip(), dry_run=dry_run)
        failed = [failure.reference for failure in ran.failed]
        if options["json"]:
            found = {"extended": ran.done, "failed": failed, "hours": by, "dry_run": dry_run}
            self.stdout.write(json.dumps(found))
        else:
            for line in [*ran.done, *(f"{each.reference} failed: {each.trouble}" for each in ran.failed)]:
                self.stdout.write(line)
            self.stdout.write(f"totals: {'would move' if dry_run else 'moved'} {len(ran.done)}, by {by:g} h")
        if failed:
            raise CommandError(f"not moved: {len(failed)}; the log says why", returncode=2)
