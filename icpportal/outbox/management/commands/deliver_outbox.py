"""`manage.py deliver_outbox`: one round of sending, as beat does it. Exit code 1 when something needs people."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from icpportal.moments import typed_moment
from icpportal.outbox.delivery import Totals, deliver


class Command(BaseCommand):
    help = "Send the messages and reports that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=typed_moment, default=None, help="as if it were this moment")
        parser.add_argument("--limit", type=int, default=100, help="at most so many messages")
        parser.add_argument("--dry-run", action="store_true", help="count what is due, by channel, and send nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django's signature
        totals = deliver(now=options["at"], limit=options["limit"], dry_run=options["dry_run"])
        self.stdout.write(json.dumps(totals.as_dict()) if options["json"] else in_words(totals))
        if totals.needs_people:
            raise SystemExit(1)


def in_words(totals: Totals) -> str:
    """A line a channel, and the totals last."""
    lines = [f"{channel}: {number}" for channel, number in sorted(totals.by_channel.items())]
    numbers = (f"{name} {value}" for name, value in totals.as_dict().items() if name != "by_channel")
    return "\n".join([*lines, f"totals: {', '.join(numbers)}"])
