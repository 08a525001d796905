"""`manage.py seal_papers`: seals what an earlier version stored in plain; exits 1 when some is left."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from icpportal.gateways.storage import StorageDown
from transfers.retention import plain_words
from verification import plain_files


class Command(BaseCommand):
    help = (
        "Seals pictures and words of events that an earlier version stored unsealed. It may be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, dry_run: bool, **options: str | int | None) -> None:
        if dry_run:
            self.stdout.write(
                f"seal_papers: {plain_files.count_plain()} to be sealed, words of {plain_words.count_plain()} events"
            )
            return
        if not settings.SEAL_FILES:
            raise CommandError("SEAL_FILES is off: new pictures would go on being stored plain")
        try:
            totals = plain_files.seal(self.stderr.write)
        except StorageDown as down:
            raise CommandError("the storage does not answer: run it again later") from down
        words = plain_words.seal(self.stderr.write)
        left, words_left = max(0, plain_files.count_plain() - totals.gone), plain_words.count_plain()
        self.stdout.write(f"seal_papers: {_summary(totals)}; {left} left")
        self.stdout.write(f"seal_papers: words of events: {_summary(words)}; {words_left} left")
        if left + words_left > 0:
            sys.exit(1)


def _summary(totals: plain_files.Totals | plain_words.Totals) -> str:
    return ", ".join(f"{number} {name}" for name, number in asdict(totals).items())
