"""`manage.py retention`: deletes personal data past its retention, as beat does each hour; exits 2 on a failure."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand

from icpportal.command_line.arguments import typed_moment
from icpportal.operations.retention import retain


class Command(BaseCommand):
    help = (
        "Deletes personal data whose time is over: what is kept how long stands in settings.RETENTION and on the "
        "privacy page. One run takes a portion of each; what is left is the next run's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would go, delete nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--at", type=typed_moment, help="as of this time, for example 2026-11-24T16:20+08:00")

    def handle(self, *, dry_run: bool, as_json: bool, at: datetime | None, **options: bool | int | str | None) -> None:
        result = retain(now=at, dry_run=dry_run)
        if as_json:
            days = {key: row.days for key, row in settings.RETENTION.items()}
            self.stdout.write(json.dumps({**asdict(result), "days": days, "dry_run": dry_run}))
        else:
            verb = "would go" if dry_run else "gone"
            for name, number in result.done.items():
                self.stdout.write(f"{name}: {number} {verb}, kept for {settings.RETENTION[name].days} days")
            for name in result.failed:
                self.stdout.write(f"{name}: failed, see the log")
        if result.failed:
            sys.exit(2)
