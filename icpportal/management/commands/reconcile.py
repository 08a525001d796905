"""`manage.py reconcile`: what is stuck, and files against rows; exits 1 when a person must look."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial

from django.core.management.base import BaseCommand

from icpportal.command_line.arguments import typed_moment
from icpportal.operations.reconcile import ReconcileResult, reconcile
from verification.models import FileRound


class Command(BaseCommand):
    help = "Lists stuck orders and messages, and files without rows (deleted after 24 hours)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="delete nothing")
        parser.add_argument("--all", action="store_true", help="compare all files, not only the next portion")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--at", type=typed_moment, help="as of this time, for example 2026-11-24T16:20+08:00")

    def handle(
        self, *, dry_run: bool, as_json: bool, at: datetime | None, all: bool, **options: bool | int | str | None
    ) -> None:  # noqa: A002
        tell = partial(write_progress, self.stderr.write) if all else None
        result = reconcile(now=at, dry_run=dry_run, everything=all, progress=tell)
        self.stdout.write(in_json(result) if as_json else in_lines(result))
        if result.findings:
            sys.exit(1)


def write_progress(write: Callable[[str], None], this: FileRound) -> None:
    """The progress of a full round."""
    write("through" if this.ended_at else f"at {this.place}/{this.at.partition('/')[0]}: {this.looked} looked at")


def in_json(result: ReconcileResult) -> str:
    """The findings, the totals and the last full round as one JSON object on one line."""
    last = result.last_round
    ended = last.ended_at.isoformat() if last.ended_at else None
    content = {"findings": [asdict(each) for each in result.findings], "totals": result.totals}
    return json.dumps({**content, "last_round": {**asdict(last), "ended_at": ended}})


def in_lines(result: ReconcileResult) -> str:
    """One line a finding, then the last full round, last the totals."""
    totals = ", ".join(f"{kind} {count}" for kind, count in result.totals.items())
    return "\n".join([*map(str, result.findings), str(result.last_round), totals])
