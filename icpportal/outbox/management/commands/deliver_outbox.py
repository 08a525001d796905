"""`manage.py deliver_outbox`: one round of sending, as by beat; exits 1 when something needs people."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import TypedDict, Unpack

from django.core.management.base import BaseCommand, CommandError

from icpportal.alarms import restored
from icpportal.command_line.arguments import typed_count, typed_moment
from icpportal.outbox.delivery import Totals, deliver


class Options(TypedDict):
    """The arguments of the command."""

    at: datetime | None
    limit: int
    dry_run: bool
    json: bool


class Command(BaseCommand):
    help = "Sends the messages and reports that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=typed_moment, default=None, help="use this time instead of now (ISO 8601)")
        parser.add_argument("--limit", type=typed_count, default=100, help="maximum number of messages")
        parser.add_argument("--dry-run", action="store_true", help="count what is due, by channel, and send nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, **options: Unpack[Options]) -> None:
        try:
            if not options["dry_run"]:
                restored.refuse_if_held()
        except restored.HeldBack as held:
            raise CommandError(str(held)) from held
        totals = deliver(now=options["at"], limit=options["limit"], dry_run=options["dry_run"])
        self.stdout.write(json.dumps(totals.as_dict()) if options["json"] else in_words(totals))
        if totals.needs_people:
            raise SystemExit(1)


def in_words(totals: Totals) -> str:
    """A line a channel, and the totals last."""
    lines = [f"{channel}: {number}" for channel, number in sorted(totals.by_channel.items())]
    numbers = (f"{name} {value}" for name, value in totals.as_dict().items() if name != "by_channel")
    return "\n".join([*lines, f"totals: {', '.join(numbers)}"])
