"""`manage.py reconcile`: what stands still, and files against rows; exit code 1 when a person has to look."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime

from django.core.management.base import BaseCommand

from icpportal.moments import typed_moment
from icpportal.reconciliation import Reconciled, reconcile


class Command(BaseCommand):
    help = "Lists orders and messages that stand still, and files without rows (deleted after 24 hours)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="delete nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--at", type=typed_moment, help="as of this time, for example 2026-11-24T16:20+08:00")

    def handle(self, *, dry_run: bool, as_json: bool, at: datetime | None, **options: object) -> None:
        result = reconcile(now=at, dry_run=dry_run)
        self.stdout.write(in_json(result) if as_json else in_lines(result))
        if result.findings:
            sys.exit(1)


def in_json(result: Reconciled) -> str:
    """The findings and the totals as one JSON object on one line."""
    return json.dumps({"findings": [asdict(finding) for finding in result.findings], "totals": result.totals})


def in_lines(result: Reconciled) -> str:
    """One line a finding, last the totals."""
    totals = ", ".join(f"{kind} {count}" for kind, count in result.totals.items())
    return "\n".join([*map(str, result.findings), totals])
