"""`manage.py check_gateways`: tests whether each outside system answers."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict, replace

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from icpportal.database import failures
from icpportal.gateways.health import Health, examine
from icpportal.outbox.queries import refused_channels

ADVICE = "(advice only: pages say that it could not be checked)"

REFUSES = "it took none of the last messages: “Outgoing messages” at the review desk says why"
NOT_KNOWN = "Whether the last messages were refused is not known."


def with_refusals(rows: list[Health], channels: list[str]) -> list[Health]:
    """The rows, corrected for suppliers that answer and refuse every message; a row for the mail server only then."""
    found = [replace(row, state="refused", words=REFUSES) if _refuses(row, channels) else row for row in rows]
    mail = [Health("mail", settings.EMAIL_BACKEND, "refused", REFUSES, 0)] if "email" in channels else []
    return [*found, *mail]


def _refuses(row: Health, channels: list[str]) -> bool:
    return row.answers and row.name in channels


def totals_of(rows: list[Health]) -> dict[str, int]:
    """How many there are and how many answer."""
    good = sum(row.answers for row in rows)
    return {"gateways": len(rows), "answering": good, "not_answering": len(rows) - good}


class Command(BaseCommand):
    """Prints one line for each gateway and the totals; exits 1 when one that pages need does not answer, or refuses."""

    help = "Asks every outside system whether it answers, and says which refused the last messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, **options: bool | int | str | None) -> None:
        """Prints and exits."""
        rows = with_refusals(examine(), self._refused_channels())
        totals = totals_of(rows)
        write = self._write_json if options["json"] else self._write_lines
        write(rows, totals)
        if any(row.is_missed for row in rows):
            sys.exit(1)

    def _refused_channels(self) -> list[str]:
        try:
            return refused_channels(timezone.now())
        except DatabaseError as problem:
            self.stderr.write(f"{failures.explain(problem)}\n{NOT_KNOWN}".strip())
            return []

    def _write_json(self, rows: list[Health], totals: dict[str, int]) -> None:
        self.stdout.write(json.dumps({"gateways": [asdict(row) for row in rows], "totals": totals}, ensure_ascii=False))

    def _write_lines(self, rows: list[Health], totals: dict[str, int]) -> None:
        for row in rows:
            words = [row.words, ADVICE if row.is_advice and not row.answers else ""]
            tail = "".join(f"  {each}" for each in words if each)
            self.stdout.write(f"{row.name:<10} {row.state:<8} {row.milliseconds:>5} ms  {row.gateway}{tail}")
        self.stdout.write(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in totals.items()))
