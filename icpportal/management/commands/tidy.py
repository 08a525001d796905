"""`manage.py tidy`: does by hand what beat does each hour; exits 1 when a job had to wait, 2 when one failed."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime

from django.core.management.base import BaseCommand

from icpportal.command_line.arguments import typed_moment
from icpportal.operations.cleanup import CleanupResult, cleanup


class Command(BaseCommand):
    help = (
        "Deletes expired codes, counters, wrong passwords and questions, and expires service codes of expired servers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would go, delete nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--at", type=typed_moment, help="as of this time, for example 2026-11-24T16:20+08:00")

    def handle(self, *, dry_run: bool, as_json: bool, at: datetime | None, **options: bool | int | str | None) -> None:
        result = cleanup(now=at, dry_run=dry_run)
        self.stdout.write(json.dumps({**asdict(result), "dry_run": dry_run}) if as_json else in_lines(result, dry_run))
        if result.skipped or result.failed:
            sys.exit(2 if result.failed else 1)


def in_lines(result: CleanupResult, dry_run: bool) -> str:
    """One line a job that had to wait or failed, last the totals."""
    waited = [f"{name} skipped: {why}" for name, why in result.skipped.items()]
    waited += [f"{name} failed: see the log" for name in result.failed]
    totals = ", ".join(f"{name} {number}" for name, number in result.done.items())
    return "\n".join([*waited, f"{'would be ' if dry_run else ''}gone: {totals}"])
