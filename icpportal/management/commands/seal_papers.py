"""`manage.py seal_papers`: pictures that an earlier version stored plain are sealed; exit code 1 when some are left."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from verification import plain_files
from verification.documents.storage import StorageDown


class Command(BaseCommand):
    help = "Seals pictures that an earlier version stored as they were. It may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, dry_run: bool, **options: str | int | None) -> None:
        if dry_run:
            self.stdout.write(f"seal_papers: {plain_files.left()} to be sealed")
            return
        if not settings.SEAL_FILES:
            raise CommandError("SEAL_FILES is off: new pictures would go on being stored plain")
        try:
            totals = plain_files.seal(self.stderr.write)
        except StorageDown as down:
            raise CommandError("the storage does not answer: run it again later") from down
        left = plain_files.left() - totals.gone
        told = ", ".join(f"{number} {name}" for name, number in asdict(totals).items())
        self.stdout.write(f"seal_papers: {told}; {max(0, left)} left")
        if left > 0:
            sys.exit(1)
