"""`manage.py import_legacy FILE`: loads a dump of the old platform. The format is in docs/import.md."""

import gc
import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict, Unpack

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from filings.legacy_import.dump.files import InvalidDump
from filings.legacy_import.dump.loader import load
from filings.legacy_import.dump.rows import Finding

SOME_REFUSED, NOT_READ = 1, 2
ROWS_MAKE = 50_000  # garbage-collection threshold in objects: about as many as a few hundred rows create


class Options(TypedDict):
    """The arguments of the command."""

    file: Path
    dry_run: bool
    encoding: str
    json: bool
    language: str


class Command(BaseCommand):
    help = (
        "Loads accounts and filings of the old platform from a CSV or JSON file (UTF-8, UTF-16 or GB18030). "
        "Loading the same file a "
        "second time changes nothing. Exit code 1: some rows were refused; 2: the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and compare, write nothing")
        parser.add_argument("--encoding", default="", help="utf-8, utf-16 or gb18030 (default: detect)")
        parser.add_argument("--json", action="store_true", help="one JSON object a line; the last one is the totals")
        parser.add_argument(
            "--language", default="en", choices=[code for code, _name in settings.LANGUAGES], help="of the report"
        )

    def handle(self, **options: Unpack[Options]) -> None:
        as_json, dry_run = options["json"], options["dry_run"]

        def say(finding: Finding) -> None:
            told = asdict(finding)
            self.stdout.write(json.dumps(told, ensure_ascii=False) if as_json else str(finding))

        often = gc.get_threshold()
        gc.freeze()  # what is loaded so far stays for the whole run: collections can skip it
        gc.set_threshold(ROWS_MAKE, *often[1:])
        try:
            with override(options["language"]):
                totals = load(
                    options["file"], say=say, encoding=options["encoding"], tell=self.stderr.write, dry_run=dry_run
                )
        except InvalidDump as problem:
            raise CommandError(str(problem), returncode=NOT_READ) from problem
        finally:
            gc.set_threshold(*often)
            gc.unfreeze()
        words = f"totals: {totals}{' (dry run, nothing written)' if dry_run else ''}"
        self.stdout.write(json.dumps({"totals": asdict(totals), "dry_run": dry_run}) if as_json else words)
        if totals.refused:
            raise SystemExit(SOME_REFUSED)
